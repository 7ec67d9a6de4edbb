import { isIPv6 } from 'node:net';
import {
  INBOUND_BIND_ADDRESS,
  INBOUND_BIND_ADDRESS_IPV6,
  type PortProtocol,
  type ServiceRoute,
  type SidecarOptions,
} from '../sidecar/options.js';
import { clientTls } from './tls.js';
import { any, type Config, socketAddress } from './typed.js';

/** Leads nowhere. */
export const BLACK_HOLE = 'BlackHoleCluster';
/** Connections of the pod's application to what is no Service. */
export const OUTBOUND_PASSTHROUGH = 'PassthroughCluster';
/** Connections to ports of the pod that no Service declares. */
export const INBOUND_PASSTHROUGH = 'InboundPassthroughCluster';

export function inboundCluster(port: number): string {
  return `inbound|${port}||`;
}

export function outboundCluster({ address, port, name }: ServiceRoute): string {
  // A Service of both versions of IP has a cluster for each address here; in Istio they are endpoints of one.
  return `outbound|${port}||${name}${isIPv6(address) ? ' IPv6' : ''}`;
}

/** Istio's limits, which are none (`pilot/pkg/networking/core/cluster_builder.go`). */
const NO_LIMIT = 4_294_967_295;
const COMMON = {
  connect_timeout: '10s',
  circuit_breakers: {
    thresholds: [
      {
        max_connections: NO_LIMIT,
        max_pending_requests: NO_LIMIT,
        max_requests: NO_LIMIT,
        max_retries: NO_LIMIT,
        track_remaining: true,
      },
    ],
  },
} as const;

const HTTP1 = { enable_trailers: true } as const;

/**
 * What is spoken upstream: HTTP/2 on ports that are declared so, HTTP/1.1 on those that are `http`, whatever the client speaks, and
 * as the client does on undeclared ones (Istio `pilot/pkg/networking/core/cluster_builder.go`).
 */
function upstreamProtocol(protocol: PortProtocol): Config {
  const config = {
    auto: { use_downstream_protocol_config: { http_protocol_options: HTTP1, http2_protocol_options: {} } },
    http: { explicit_http_config: { http_protocol_options: HTTP1 } },
    http2: { explicit_http_config: { http2_protocol_options: {} } },
  }[protocol === 'auto' || protocol === 'tcp' ? 'auto' : protocol === 'http' ? 'http' : 'http2'];
  return {
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': any(
        'extensions.upstreams.http.v3.HttpProtocolOptions',
        config,
      ),
    },
  };
}

export function clusters(options: SidecarOptions): Config[] {
  const originalDestination = { ...COMMON, type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' };
  // The interception rules let connections from this address to the application; those from a client's have a mark.
  const inbound = {
    ...originalDestination,
    ...(options.originalSource !== true && {
      upstream_bind_config: {
        source_address: { address: INBOUND_BIND_ADDRESS, port_value: 0 },
        ...(options.dualStack === true && {
          extra_source_addresses: [{ address: { address: INBOUND_BIND_ADDRESS_IPV6, port_value: 0 } }],
        }),
      },
    }),
  };
  return [
    { ...COMMON, name: BLACK_HOLE, type: 'STATIC' },
    { ...originalDestination, name: OUTBOUND_PASSTHROUGH },
    { ...inbound, ...upstreamProtocol('auto'), name: INBOUND_PASSTHROUGH },
    ...(options.inboundPorts ?? []).map(({ port, protocol }) => ({
      ...inbound,
      ...upstreamProtocol(protocol),
      name: inboundCluster(port),
    })),
    ...options.services.map((service) => ({
      ...COMMON,
      ...upstreamProtocol(service.protocol),
      name: outboundCluster(service),
      type: 'STATIC',
      load_assignment: {
        cluster_name: outboundCluster(service),
        endpoints: [
          { lb_endpoints: [{ endpoint: { address: socketAddress(service.endpoint.address, service.endpoint.port) } }] },
        ],
      },
      ...(service.tls === 'ISTIO_MUTUAL' && { transport_socket: clientTls(options.identity, service) }),
    })),
  ];
}
