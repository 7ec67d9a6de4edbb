import type { Socket } from 'node:net';
import { spokenOn } from '../sidecar/detection.js';
import type { Dialect } from '../sidecar/dialect.js';
import { forward } from '../sidecar/forward.js';
import type { Http1Proxy } from '../sidecar/http1-proxy.js';
import { destinationOf } from '../sidecar/inbound.js';
import type { MutualTls } from '../sidecar/mutual-tls.js';
import { relay, reset } from '../sidecar/relay.js';
import type { Telemetry } from '../sidecar/telemetry.js';
import { Upstream } from '../sidecar/upstream.js';
import { linkerdDialect } from './dialect.js';
import {
  LINKERD_DETECTION_MS,
  LINKERD_INBOUND_PORT,
  LINKERD_OUTBOUND_PORT,
  LINKERD_TRANSPORT,
  type LinkerdProxyOptions,
  type LinkerdService,
} from './options.js';
import { transportHeader } from './transport-header.js';

interface Route {
  readonly upstream: Upstream;
  readonly dialect: Dialect;
  /** Bytes go to the endpoint's proxy, behind a header that names this port. */
  readonly opaquePort?: number;
}

/**
 * Takes in the application's own connections (port 4140): those to a Service of the mesh go to its endpoint in mutual TLS, HTTP/1 carried
 * over HTTP/2; those to opaque ports go to the proxy's own port there. All others pass through as they are. Nothing is retried.
 */
export class LinkerdOutbound {
  readonly #options: LinkerdProxyOptions;
  readonly #telemetry: Telemetry;
  readonly #http1: Http1Proxy;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: LinkerdProxyOptions, mutualTls: MutualTls, telemetry: Telemetry, http1: Http1Proxy) {
    this.#options = options;
    this.#telemetry = telemetry;
    this.#http1 = http1;
    this.#routes = new Map(
      options.services.map((service) => [
        `${service.address}:${service.port}`,
        routeOf(service, options.opaquePorts.includes(service.port), mutualTls, telemetry),
      ]),
    );
  }

  async accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    this.#telemetry.connection('outbound');
    const destination = destinationOf(socket, LINKERD_OUTBOUND_PORT);
    if (destination === undefined) return reset(socket);
    const { address, port } = destination;
    const { upstream, dialect, opaquePort } = this.#routes.get(`${address}:${port}`) ?? {
      upstream: new Upstream({ name: 'outside of the mesh', address, port, side: 'outbound' }, this.#telemetry),
      dialect: linkerdDialect(false),
    };
    if (opaquePort !== undefined) return sendOpaque(socket, upstream, opaquePort);
    const opaque = this.#options.opaquePorts.includes(port);
    const spoken = await spokenOn(socket, opaque ? 'tcp' : 'auto', undefined, LINKERD_DETECTION_MS);
    if (spoken === undefined) {
      socket.destroy();
      return;
    }
    const own = this.#options.identity.spiffe;
    const arrival = { dialect, side: 'outbound', own, peer: undefined, upstream, telemetry: this.#telemetry } as const;
    forward(socket, spoken, arrival, this.#http1);
  }
}

async function sendOpaque(socket: Socket, upstream: Upstream, port: number): Promise<void> {
  const connection = await upstream.dial('tcp').catch(() => undefined);
  if (connection === undefined) return reset(socket);
  if (socket.destroyed) return reset(connection);
  connection.write(transportHeader(port));
  relay(socket, connection);
}

function routeOf(
  { name, port, endpoint, serverId }: LinkerdService,
  opaque: boolean,
  mutual: MutualTls,
  telemetry: Telemetry,
): Route {
  const tls = { mutual, servername: serverId, accepted: [serverId], ...(opaque && { alpn: [LINKERD_TRANSPORT] }) };
  const target = { name: `${name}:${port}`, side: 'outbound', tls, ...endpoint } as const;
  return {
    dialect: linkerdDialect(true),
    upstream: new Upstream(opaque ? { ...target, port: LINKERD_INBOUND_PORT } : target, telemetry),
    ...(opaque && { opaquePort: endpoint.port }),
  };
}
