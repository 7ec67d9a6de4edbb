import type { MtlsPolicy } from '../../../model/situation.js';
import {
  type Identity,
  INBOUND_PORT,
  type InboundPort,
  type PortProtocol,
  type SidecarOptions,
} from '../sidecar/options.js';
import { refusedConnectionsLog } from './access-log.js';
import { BLACK_HOLE, INBOUND_PASSTHROUGH, inboundCluster } from './clusters.js';
import {
  exceptFor,
  HTTP_INSPECTOR,
  NO_DETECTION_TIMEOUT,
  ORIGINAL_DESTINATION,
  ORIGINAL_SOURCE,
  PLAINTEXT_HTTP1,
  PLAINTEXT_HTTP2,
  TLS_INSPECTOR,
} from './listener-filters.js';
import { type Destination, httpConnectionManager, tcpProxy } from './network-filters.js';
import { serverTls } from './tls.js';
import { type Config, everyAddress } from './typed.js';

/** Which connections to a port a filter chain takes, and what it does with them. */
interface Chain {
  readonly name: string;
  /** As the TLS inspector tells; both without it. */
  readonly transport?: 'tls' | 'raw_buffer' | undefined;
  readonly applications?: readonly string[];
  readonly serves: 'http' | 'tcp';
  readonly mutualTls: boolean;
}

const MESH_HTTP = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
const MESH_BYTES = ['istio-peer-exchange', 'istio'];
const PLAINTEXT_HTTP = [...PLAINTEXT_HTTP1, ...PLAINTEXT_HTTP2];

/**
 * Istio's filter chains for one port (`pilot/pkg/networking/core/filterchain_options.go`), by policy and declared protocol. What matches
 * none is refused.
 */
export function chainsOf(policy: MtlsPolicy, protocol: PortProtocol): readonly Chain[] {
  const mesh = (serves: Chain['serves'], applications?: readonly string[]): Chain => ({
    name: `${serves}-mtls`,
    transport: 'tls',
    serves,
    mutualTls: true,
    ...(applications !== undefined && { applications }),
  });
  const plain = (serves: Chain['serves'], applications?: readonly string[]): Chain => ({
    name: serves,
    transport: 'raw_buffer',
    serves,
    mutualTls: false,
    ...(applications !== undefined && { applications }),
  });
  /** TLS of the application's own. */
  const opaque: Chain = { name: 'tls', transport: 'tls', serves: 'tcp', mutualTls: false };
  const whole = protocol === 'tcp' ? 'tcp' : 'http';
  const detects = protocol === 'auto';
  switch (policy) {
    case 'STRICT':
      return detects ? [mesh('http', MESH_HTTP), mesh('tcp')] : [mesh(whole)];
    case 'PERMISSIVE':
      if (detects) {
        return [mesh('http', MESH_HTTP), plain('http', PLAINTEXT_HTTP), mesh('tcp', MESH_BYTES), plain('tcp'), opaque];
      }
      // TLS of the application's own has no place on a port that is declared as HTTP.
      return [mesh(whole, [...MESH_BYTES, ...MESH_HTTP]), plain(whole), ...(whole === 'tcp' ? [opaque] : [])];
    case 'DISABLE':
      // Nobody looks whether it is TLS.
      return detects
        ? [plain('http', PLAINTEXT_HTTP), { ...plain('tcp'), transport: undefined }]
        : [{ ...plain(whole), transport: undefined }];
  }
}

/** The listener on 15006: everything that comes into the pod. */
export function inboundListener(options: SidecarOptions, log: string): Config {
  const ports = (options.inboundPorts ?? []).map((port) => ({ policy: options.policy, ...port }));
  // What is declared needs no detection, which waits for the client: the server may speak first.
  const declared = ports.filter(({ protocol }) => protocol !== 'auto');
  // Mutual TLS is told by its ClientHello, which the client sends first.
  const plaintext = declared.filter(({ policy }) => policy === 'DISABLE');
  const chains = ({ port, protocol, policy }: Omit<InboundPort, 'port'> & { policy: MtlsPolicy; port?: number }) =>
    chainsOf(policy, protocol).map((chain) => {
      const cluster = port === undefined ? INBOUND_PASSTHROUGH : inboundCluster(port);
      const { deniedPaths } = options;
      const destination: Destination = { cluster, side: 'inbound', log, protocol, deniedPaths };
      return filterChain(chain, options.identity, destination, port);
    });
  return {
    name: 'virtualInbound',
    traffic_direction: 'INBOUND',
    ...everyAddress(INBOUND_PORT, options.dualStack),
    ...(options.originalSource === true && { transparent: true }),
    listener_filters: [
      ORIGINAL_DESTINATION,
      ...(options.originalSource === true ? [ORIGINAL_SOURCE] : []),
      exceptFor(TLS_INSPECTOR, numbersOf(plaintext)),
      exceptFor(HTTP_INSPECTOR, numbersOf(declared)),
    ],
    ...NO_DETECTION_TIMEOUT,
    filter_chains: [
      {
        name: 'virtualInbound-blackhole',
        filter_chain_match: { destination_port: INBOUND_PORT },
        filters: [tcpProxy({ cluster: BLACK_HOLE, side: 'inbound', log })],
      },
      ...ports.flatMap(chains),
      ...chains({ protocol: 'auto', policy: options.policy }),
    ],
    access_log: [refusedConnectionsLog(log)],
  };
}

function numbersOf(ports: readonly { readonly port: number }[]): number[] {
  return ports.map(({ port }) => port);
}

function filterChain(chain: Chain, identity: Identity, destination: Destination, port?: number): Config {
  return {
    name: `${destination.cluster} ${chain.name}`,
    filter_chain_match: {
      ...(port !== undefined && { destination_port: port }),
      ...(chain.transport !== undefined && { transport_protocol: chain.transport }),
      ...(chain.applications !== undefined && { application_protocols: chain.applications }),
    },
    filters: [chain.serves === 'http' ? httpConnectionManager(destination) : tcpProxy(destination)],
    ...(chain.mutualTls && { transport_socket: serverTls(identity, chain.serves) }),
  };
}
