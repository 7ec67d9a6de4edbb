import { type MtlsPolicy, portsOf, protocolOf, type Situation } from '../../model/situation.js';
import type { ServiceAddress } from './lab/interception.js';
import type { Identity, ServiceRoute, SidecarOptions } from './sidecar/options.js';

/** Who is where in a lab. `identity`: the name under which an identity was issued. */
export interface MeshMembers {
  /** Fully qualified name of the workload's Service. */
  readonly name: string;
  /** Its virtual addresses, port by port, each with the endpoint behind it. */
  readonly services: readonly ServiceAddress[];
  readonly workload: { readonly address: string; readonly identity: string };
  readonly caller: { readonly address: string; readonly identity: string };
}

/** What istiod would tell the sidecars of a situation: the workload's, and the caller's where it has one. */
export function sidecarOptions(
  situation: Situation,
  policy: MtlsPolicy,
  identities: ReadonlyMap<string, Identity>,
  { name, services: endpoints, workload, caller }: MeshMembers,
): { readonly workload: SidecarOptions; readonly caller?: SidecarOptions } {
  const identityOf = (wanted: string): Identity => {
    const identity = identities.get(wanted);
    if (identity === undefined) throw new Error(`no identity was issued for ${wanted}`);
    return identity;
  };
  const identity = identityOf(workload.identity);
  const policyOf = (port: number): MtlsPolicy => situation.ports?.find((each) => each.port === port)?.mtls ?? policy;
  const { dualStack = false } = situation;
  const services = endpoints.map(
    ({ address, port, endpoint }): ServiceRoute => ({
      address,
      port,
      name,
      endpoint: { address: endpoint, port },
      // Istio's automatic mutual TLS looks at the policy of the port, and not at whether the port is intercepted.
      tls: policyOf(port) === 'DISABLE' ? 'DISABLE' : 'ISTIO_MUTUAL',
      spiffe: [identity.spiffe],
      protocol: protocolOf(port, situation),
    }),
  );
  return {
    workload: {
      podAddress: workload.address,
      dualStack,
      identity,
      policy,
      services,
      inboundPorts: portsOf(situation.workload).map((port) => ({
        port,
        protocol: protocolOf(port, situation),
        policy: policyOf(port),
      })),
      ...(situation.deniedPaths !== undefined && { deniedPaths: situation.deniedPaths }),
    },
    ...(situation.caller === 'meshed' && {
      caller: {
        podAddress: caller.address,
        dualStack,
        identity: identityOf(caller.identity),
        policy: 'PERMISSIVE' as const,
        services,
      },
    }),
  };
}
