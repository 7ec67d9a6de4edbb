import type { ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Destination } from '../../../linux/original-destination.js';
import { messageOf } from '../../../model/errors.js';
import { Http2Pool } from '../sidecar/http2-pool.js';
import { destinationOf } from '../sidecar/inbound.js';
import type { MutualTls } from '../sidecar/mutual-tls.js';
import { relay, reset } from '../sidecar/relay.js';
import { type AccessLog, type ConnectionStart, NOTHING_PASSED } from './access-log.js';
import { dial } from './dial.js';
import { closedOf, textOf } from './inbound.js';
import { HBONE_PORT, OUTBOUND_PORT, type TunnelledService, type ZtunnelOptions } from './options.js';
import { relayTunnel } from './tunnel-relay.js';

interface Route {
  readonly service: TunnelledService;
  readonly tunnels: Http2Pool;
}

/**
 * Takes in the application's own connections (port 15001): those to a Service of the mesh go through a tunnel to the ztunnel of its endpoint,
 * all others as they are (ztunnel `src/proxy/outbound.rs`). Tunnels to one endpoint share a connection (`src/proxy/pool.rs`).
 */
export class ZtunnelOutbound {
  readonly #options: ZtunnelOptions;
  readonly #log: AccessLog;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: ZtunnelOptions, mutualTls: MutualTls, log: AccessLog) {
    this.#options = options;
    this.#log = log;
    const pools = new Map<string, Http2Pool>();
    this.#routes = new Map(
      options.services.map((service): [string, Route] => {
        const { endpoint, spiffe } = service;
        const tunnels =
          pools.get(endpoint) ??
          new Http2Pool(async () => {
            const carrier = await dial(options.podAddress, { address: endpoint, port: HBONE_PORT });
            // A ztunnel that closes its side has refused us, or has no further use for tunnels.
            carrier.allowHalfOpen = false;
            return mutualTls.connect(carrier, { spoken: 'hbone', accepted: [spiffe] });
          });
        pools.set(endpoint, tunnels);
        return [textOf(service), { service, tunnels }];
      }),
    );
  }

  async accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    const destination = destinationOf(socket, OUTBOUND_PORT);
    if (destination === undefined) return reset(socket);
    const route = this.#routes.get(textOf(destination));
    const start = performance.now();
    const about = this.#about(socket, route, destination);
    this.#log(about);
    try {
      const [bytesSent, bytesReceived] = await (route === undefined
        ? this.#pass(socket, destination)
        : this.#tunnel(socket, route));
      this.#log({ ...about, bytesSent, bytesReceived, durationMs: performance.now() - start });
    } catch (error) {
      this.#log({ ...about, ...NOTHING_PASSED, durationMs: performance.now() - start, error: messageOf(error) });
      reset(socket);
    }
  }

  async #pass(socket: Socket, destination: Destination): Promise<readonly [number, number]> {
    const upstream = await dial(this.#options.podAddress, destination);
    const done = Promise.all([closedOf(socket), closedOf(upstream)]);
    relay(socket, upstream);
    await done;
    return [upstream.bytesWritten, upstream.bytesRead];
  }

  async #tunnel(socket: Socket, { service, tunnels }: Route): Promise<readonly [number, number]> {
    const authority = `${service.endpoint}:${service.port}`;
    const stream = await tunnels.request(
      { ':method': 'CONNECT', ':authority': authority },
      { endStream: false, waitForTrailers: false },
    );
    stream.on('error', () => {});
    const status = await statusOf(stream);
    if (status !== 200) {
      stream.close();
      throw new Error(`http status: ${status}`);
    }
    const { intoTunnel, outOfTunnel } = await relayTunnel(stream, socket);
    return [intoTunnel, outOfTunnel];
  }

  #about(socket: Socket, route: Route | undefined, destination: Destination): ConnectionStart {
    const source = `${socket.remoteAddress}:${socket.remotePort}`;
    const about = { direction: 'outbound', source, sourceIdentity: this.#options.identity.spiffe } as const;
    if (route === undefined) return { ...about, destination: textOf(destination) };
    const { endpoint, port, name, spiffe } = route.service;
    return {
      ...about,
      destination: `${endpoint}:${HBONE_PORT}`,
      tunnelled: `${endpoint}:${port}`,
      service: name,
      destinationIdentity: spiffe,
    };
  }
}

function statusOf(stream: ClientHttp2Stream): Promise<number> {
  return new Promise((resolve, reject) => {
    stream.once('response', (headers) => resolve(Number(headers[':status'])));
    stream.once('close', () => reject(new Error('the tunnel was closed before it was open')));
  });
}
