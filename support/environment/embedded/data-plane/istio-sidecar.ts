import type { Mesh } from '../../../model/situation.js';
import type { SidecarOptions } from '../sidecar/options.js';
import type { DataPlane, MeshProxy } from './data-plane.js';
import { issueIdentities } from './identities.js';
import { istioInterception } from './istio-rules.js';
import { sidecarOptions } from './istio-sidecar-options.js';

const MESH_HEADERS = [
  'x-forwarded-client-cert',
  'x-forwarded-proto',
  'x-request-id',
  'x-envoy-attempt-count',
  'x-envoy-decorator-operation',
  'x-envoy-peer-metadata',
  'x-envoy-peer-metadata-id',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-internal',
];

/** Istio with sidecars, to which connections come by the mesh's interception mode. */
export function istioSidecars({ mtls, interception }: Extract<Mesh, { readonly kind: 'istio' }>): DataPlane {
  return {
    headers: MESH_HEADERS,
    tunnelPorts: [],
    interception: (excludedPorts) => istioInterception(excludedPorts, interception),
    async prepare(situation, members, choices) {
      const { workload, caller } = members;
      const names = situation.caller === 'meshed' ? [workload.identity, caller.identity] : [workload.identity];
      const [engine, identities] = await Promise.all([choices.engine(), issueIdentities(names)]);
      const options = sidecarOptions(situation, mtls, identities, members);
      const sidecarOf = (pod: string, its: SidecarOptions): MeshProxy => {
        const name = `sidecar of the ${pod}`;
        return { name, start: (lab, signal) => engine.start({ lab, pod, name }, its, signal) };
      };
      return {
        facts: {
          mesh: 'istio (sidecar), embedded reference',
          'mTLS policy': mtls,
          ...(interception !== undefined && { interception }),
          'sidecar engine': engine.title,
        },
        proxies: [
          sidecarOf(workload.pod, options.workload),
          ...(options.caller === undefined ? [] : [sidecarOf(caller.pod, options.caller)]),
        ],
      };
    },
  };
}
