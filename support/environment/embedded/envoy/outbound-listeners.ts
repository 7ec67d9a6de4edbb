import type { Spoken } from '../sidecar/detection.js';
import { OUTBOUND_PORT, type ServiceRoute, type SidecarOptions } from '../sidecar/options.js';
import { BLACK_HOLE, OUTBOUND_PASSTHROUGH, outboundCluster } from './clusters.js';
import {
  HTTP_INSPECTOR,
  NO_DETECTION_TIMEOUT,
  PLAINTEXT_HTTP1,
  PLAINTEXT_HTTP2,
  TLS_INSPECTOR,
} from './listener-filters.js';
import { type Destination, httpConnectionManager, offerProtocols, tcpProxy } from './network-filters.js';
import { type Config, everyAddress, socketAddress } from './typed.js';

/**
 * The listener on 15001, which everything that leaves the pod's application comes to, and one for the address of each Service, which
 * it hands their connections to. What is meant for no Service passes through (Istio: PassthroughCluster, ALLOW_ANY).
 */
export function outboundListeners(options: SidecarOptions, log: string): Config[] {
  return [
    {
      name: 'virtualOutbound',
      traffic_direction: 'OUTBOUND',
      ...everyAddress(OUTBOUND_PORT, options.dualStack),
      use_original_dst: true,
      filter_chains: [
        {
          name: 'virtualOutbound-blackhole',
          filter_chain_match: { destination_port: OUTBOUND_PORT },
          filters: [tcpProxy({ cluster: BLACK_HOLE, side: 'outbound', log })],
        },
        {
          name: 'virtualOutbound-catchall-tcp',
          filters: [tcpProxy({ cluster: OUTBOUND_PASSTHROUGH, side: 'outbound', log })],
        },
      ],
    },
    ...options.services.map((service) => serviceListener(service, log)),
  ];
}

function serviceListener(service: ServiceRoute, log: string): Config {
  const { address, port, protocol } = service;
  const destination: Destination = { cluster: outboundCluster(service), side: 'outbound', log, protocol };
  const bytes = { filters: [tcpProxy(destination)] };
  const http = (offered: Spoken) => ({ filters: [offerProtocols(offered), httpConnectionManager(destination)] });
  const listener = {
    name: `${address}_${port}`,
    traffic_direction: 'OUTBOUND',
    address: socketAddress(address, port),
    bind_to_port: false,
  };
  if (protocol === 'tcp') return { ...listener, filter_chains: [bytes] };
  // What a declared port offers does not depend on the client.
  if (protocol !== 'auto') return { ...listener, filter_chains: [http(protocol === 'http' ? 'http/1.1' : 'h2')] };
  return {
    ...listener,
    listener_filters: [TLS_INSPECTOR, HTTP_INSPECTOR],
    ...NO_DETECTION_TIMEOUT,
    filter_chains: [
      {
        name: 'http/1.1',
        filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: PLAINTEXT_HTTP1 },
        ...http('http/1.1'),
      },
      {
        name: 'h2',
        filter_chain_match: { transport_protocol: 'raw_buffer', application_protocols: PLAINTEXT_HTTP2 },
        ...http('h2'),
      },
    ],
    default_filter_chain: bytes,
  };
}
