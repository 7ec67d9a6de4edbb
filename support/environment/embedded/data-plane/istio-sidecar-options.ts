import { type MtlsPolicy, portsOf, protocolOf, type Situation } from '../../../model/situation.js';
import type { ServiceRoute, SidecarOptions } from '../sidecar/options.js';
import type { MeshMembers } from './data-plane.js';
import { type Identities, identityOf } from './identities.js';

/** What istiod would tell the sidecars of a situation: the workload's, and the caller's where it has one. */
export function sidecarOptions(
  situation: Situation,
  policy: MtlsPolicy,
  identities: Identities,
  { name, services: endpoints, workload, caller }: MeshMembers,
): { readonly workload: SidecarOptions; readonly caller?: SidecarOptions } {
  const identity = identityOf(identities, workload.identity);
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
  const { mesh } = situation;
  const originalSource = mesh.kind === 'istio' && mesh.interception === 'TPROXY' ? { originalSource: true } : {};
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
      ...originalSource,
      ...(situation.deniedPaths !== undefined && { deniedPaths: situation.deniedPaths }),
    },
    ...(situation.caller === 'meshed' && {
      caller: {
        podAddress: caller.address,
        dualStack,
        identity: identityOf(identities, caller.identity),
        policy: 'PERMISSIVE' as const,
        services,
        ...originalSource,
      },
    }),
  };
}
