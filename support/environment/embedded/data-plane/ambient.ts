import { UserError } from '../../../model/errors.js';
import type { Mesh, MtlsPolicy } from '../../../model/situation.js';
import { SIDECAR_USER } from '../engine/engine.js';
import { HBONE_PORT, type ZtunnelOptions } from '../ztunnel/options.js';
import { ambientInterception } from './ambient-rules.js';
import type { DataPlane, MeshMember, MeshProxy } from './data-plane.js';
import { identityOf, issueIdentities } from './identities.js';

const PROGRAM = new URL('../ztunnel/program.js', import.meta.url);

/**
 * Istio in ambient mode: what crosses the wire between meshed pods is a tunnel of mutual TLS, and on `lo` the application is called from the
 * client's own address, with the client's own bytes. An approximation: in a node's place there is a ztunnel in each pod, and no waypoint.
 */
export function istioAmbient({ mtls }: Extract<Mesh, { readonly kind: 'istio-ambient' }>): DataPlane {
  return {
    // It looks into no request.
    headers: [],
    tunnelPorts: [HBONE_PORT],
    interception: ambientInterception,
    async prepare(situation, members) {
      if (situation.dualStack === true) {
        throw new UserError('the embedded ambient mesh has IPv4 only in this version');
      }
      const { workload, caller } = members;
      const identities = await issueIdentities([workload.identity, caller.identity]);
      const { spiffe } = identityOf(identities, workload.identity);
      const ztunnelOf = (
        member: MeshMember,
        accepts: { readonly policy: MtlsPolicy; readonly portPolicies: ZtunnelOptions['portPolicies'] },
      ): MeshProxy => {
        const name = `ztunnel of the ${member.pod}`;
        const options: ZtunnelOptions = {
          podAddress: member.address,
          identity: identityOf(identities, member.identity),
          ...accepts,
          services: members.services.map((service) => ({ ...service, name: members.name, spiffe })),
        };
        return {
          name,
          async start(lab, signal) {
            const user = { ...SIDECAR_USER, keepsNetworkAdministration: true };
            const program = await lab.pod(member.pod).startProgram({ name, module: PROGRAM, options, user }, signal);
            return {
              ended: program.ended,
              log: program.log,
              dispose: () => program.dispose(),
              evidence: async () => ({ 'access log': await program.request<string>('access log', undefined) }),
            };
          },
        };
      };
      const portPolicies = Object.fromEntries(
        (situation.ports ?? []).flatMap((port) => (port.mtls === undefined ? [] : [[port.port, port.mtls]])),
      );
      return {
        facts: {
          mesh: 'istio (ambient), embedded reference: one ztunnel in each pod instead of one on the node, and no waypoint',
          'mTLS policy': mtls,
        },
        proxies: [
          ztunnelOf(workload, { policy: mtls, portPolicies }),
          ...(situation.caller === 'meshed' ? [ztunnelOf(caller, { policy: 'PERMISSIVE', portPolicies: {} })] : []),
        ],
      };
    },
  };
}
