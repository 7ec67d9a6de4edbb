import { type MtlsPolicy, portsOf, protocolOf, type Situation } from '../../model/situation.js';
import type { Identity, ServiceRoute, SidecarOptions } from './sidecar/options.js';

/** Who is where in a lab. `identity`: the name under which an identity was issued. */
export interface MeshMembers {
  /** Fully qualified name of the workload's Service. */
  readonly name: string;
  /** Its virtual address. */
  readonly service: string;
  readonly workload: { readonly address: string; readonly identity: string };
  readonly caller: { readonly address: string; readonly identity: string };
}

/** What istiod would tell the sidecars of a situation: the workload's, and the caller's where it has one. */
export function sidecarOptions(
  situation: Situation,
  policy: MtlsPolicy,
  identities: ReadonlyMap<string, Identity>,
  { name, service, workload, caller }: MeshMembers,
): { readonly workload: SidecarOptions; readonly caller?: SidecarOptions } {
  const identityOf = (wanted: string): Identity => {
    const identity = identities.get(wanted);
    if (identity === undefined) throw new Error(`no identity was issued for ${wanted}`);
    return identity;
  };
  const identity = identityOf(workload.identity);
  const policyOf = (port: number): MtlsPolicy => situation.ports?.find((each) => each.port === port)?.mtls ?? policy;
  const services = portsOf(situation.workload).map(
    (port): ServiceRoute => ({
      address: service,
      port,
      name,
      endpoint: { address: workload.address, port },
      // Istio's automatic mutual TLS looks at the policy of the port, and not at whether the port is intercepted.
      tls: policyOf(port) === 'DISABLE' ? 'DISABLE' : 'ISTIO_MUTUAL',
      spiffe: [identity.spiffe],
      protocol: protocolOf(port, situation),
    }),
  );
  return {
    workload: {
      podAddress: workload.address,
      identity,
      policy,
      services,
      inboundPorts: services.map(({ port, protocol }) => ({ port, protocol, policy: policyOf(port) })),
      ...(situation.deniedPaths !== undefined && { deniedPaths: situation.deniedPaths }),
    },
    ...(situation.caller === 'meshed' && {
      caller: {
        podAddress: caller.address,
        identity: identityOf(caller.identity),
        policy: 'PERMISSIVE' as const,
        services,
      },
    }),
  };
}
