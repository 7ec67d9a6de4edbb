import type { SidecarOptions } from '../sidecar/options.js';
import { clusters } from './clusters.js';
import { inboundListener } from './inbound-listener.js';
import { outboundListeners } from './outbound-listeners.js';
import { type Config, extension } from './typed.js';

/** Where one Envoy keeps what is its own, in the lab. */
export interface EnvoyFiles {
  /** The configuration, which holds the private key. */
  readonly bootstrap: string;
  /** Unix socket of the admin interface. There is no TCP port for it. */
  readonly admin: string;
  readonly accessLog: string;
}

/** Says that nothing limits connections, as Istio's bootstrap does; Envoy warns otherwise. */
const NO_CONNECTION_LIMIT = extension(
  'envoy.resource_monitors.global_downstream_max_connections',
  'extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
  { max_active_downstream_connections: 2_147_483_647 },
);

/**
 * The whole configuration of an Envoy that is a pod's sidecar: what istiod would send to it for these Services and this policy, as a
 * static bootstrap.
 */
export function bootstrapOf(options: SidecarOptions, files: EnvoyFiles): Config {
  return {
    node: { id: `sidecar~${options.podAddress}~${options.identity.spiffe}`, cluster: options.identity.spiffe },
    admin: { address: { pipe: { path: files.admin, mode: 0o600 } } },
    overload_manager: { resource_monitors: [NO_CONNECTION_LIMIT] },
    static_resources: {
      listeners: [inboundListener(options, files.accessLog), ...outboundListeners(options, files.accessLog)],
      clusters: clusters(options),
    },
  };
}
