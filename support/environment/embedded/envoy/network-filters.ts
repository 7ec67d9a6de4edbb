import type { PathPattern } from '../../../model/policies.js';
import type { PortProtocol } from '../../../model/port-protocol.js';
import type { Side } from '../sidecar/headers.js';
import { OFFERED_PROTOCOLS } from '../sidecar/mesh-protocols.js';
import { accessLog } from './access-log.js';
import { any, type Config, extension } from './typed.js';

/** Where a filter chain leads. */
export interface Destination {
  readonly cluster: string;
  readonly side: Side;
  /** The file of the access log. */
  readonly log: string;
  /** What the port is declared as. */
  readonly protocol?: PortProtocol;
  /** Paths of requests that are denied. */
  readonly deniedPaths?: readonly PathPattern[] | undefined;
}

/** Passes bytes on as they are. */
export function tcpProxy({ cluster, side, log }: Destination): Config {
  return extension('envoy.filters.network.tcp_proxy', 'extensions.filters.network.tcp_proxy.v3.TcpProxy', {
    stat_prefix: `${side}_tcp`,
    cluster,
    access_log: [accessLog(log)],
    // A quiet connection is no dead one; Istio ends it after an hour.
    idle_timeout: '3600s',
  });
}

/**
 * Speaks HTTP, with Istio's settings of a sidecar (`pilot/pkg/networking/core/listener_builder.go`, `networking/util/proxy_headers.go`):
 * no time limits of the proxy's own, paths normalised, WebSockets passed on. Nothing is retried: a repeated request would be told as
 * a duplicate where copies are counted.
 */
export function httpConnectionManager({ cluster, side, log, protocol, deniedPaths = [] }: Destination): Config {
  return extension(
    'envoy.filters.network.http_connection_manager',
    'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    {
      stat_prefix: `${side}_http`,
      access_log: [accessLog(log)],
      route_config: {
        name: cluster,
        validate_clusters: false,
        virtual_hosts: [
          {
            name: cluster,
            domains: ['*'],
            routes: [
              {
                name: 'default',
                match: { prefix: '/' },
                route: {
                  cluster,
                  timeout: '0s',
                  max_stream_duration: { max_stream_duration: '0s', grpc_timeout_header_max: '0s' },
                },
              },
            ],
            include_request_attempt_count: side === 'outbound',
          },
        ],
      },
      http_filters: [
        ...(deniedPaths.length === 0 ? [] : [denyPaths(deniedPaths)]),
        ...(protocol === 'grpc-web' ? [GRPC_WEB] : []),
        extension('envoy.filters.http.router', 'extensions.filters.http.router.v3.Router'),
      ],
      ...(side === 'inbound' && {
        server_name: 'istio-envoy',
        forward_client_cert_details: 'APPEND_FORWARD',
        set_current_client_cert_details: { subject: true, dns: true, uri: true },
      }),
      use_remote_address: false,
      normalize_path: true,
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
      stream_idle_timeout: '0s',
      proxy_100_continue: true,
      http_protocol_options: { enable_trailers: true },
      upgrade_configs: [{ upgrade_type: 'websocket' }],
    },
  );
}

/** Turns gRPC-Web into gRPC, and the answers back (Istio: on ports that are declared as `grpc-web`). */
const GRPC_WEB = extension('envoy.filters.http.grpc_web', 'extensions.filters.http.grpc_web.v3.GrpcWeb');

/** An AuthorizationPolicy with the action DENY, as Istio writes it (`pilot/pkg/security/authz`). */
function denyPaths(paths: readonly PathPattern[]): Config {
  const permissions = paths.map((pattern) =>
    pattern.kind === 'any' ? { any: true } : { url_path: { path: { [pattern.kind]: pattern.text } } },
  );
  return extension('envoy.filters.http.rbac', 'extensions.filters.http.rbac.v3.RBAC', {
    rules: {
      action: 'DENY',
      policies: { 'ns[default]-policy[deny]-rule[0]': { permissions, principals: [{ any: true }] } },
    },
  });
}

/**
 * Decides what mutual TLS offers to the other sidecar by what the application speaks. Istio's own filter (`istio.alpn`) does the
 * same, request by request.
 */
export function offerProtocols(spoken: keyof typeof OFFERED_PROTOCOLS): Config {
  return {
    name: 'envoy.filters.network.set_filter_state',
    typed_config: any('extensions.filters.network.set_filter_state.v3.Config', {
      on_new_connection: [
        {
          object_key: 'envoy.network.application_protocols',
          format_string: { text_format_source: { inline_string: OFFERED_PROTOCOLS[spoken].join(',') } },
        },
      ],
    }),
  };
}
