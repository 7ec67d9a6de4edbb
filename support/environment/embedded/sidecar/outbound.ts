import type { Socket } from 'node:net';
import { spokenOn } from './detection.js';
import { ISTIO_DIALECT } from './dialect.js';
import { forward } from './forward.js';
import type { Http1Proxy } from './http1-proxy.js';
import { destinationOf } from './inbound.js';
import type { MutualTls } from './mutual-tls.js';
import { OUTBOUND_PORT, type PortProtocol, type ServiceRoute, type SidecarOptions } from './options.js';
import { reset } from './relay.js';
import type { Telemetry } from './telemetry.js';
import { Upstream } from './upstream.js';

interface Route {
  readonly upstream: Upstream;
  readonly protocol: PortProtocol;
}

/**
 * Takes in the application's own connections (port 15001): those to a known Service go to its endpoint, in mutual TLS
 * where the destination rule says so; all others pass through as they are (Istio: PassthroughCluster, ALLOW_ANY).
 *
 * Nothing is retried. Istio retries twice by default, among other things on `unavailable` and 503, which can repeat a
 * request that the application has served; where copies are counted, that would be told as a duplicate.
 */
export class Outbound {
  readonly #own: string;
  readonly #telemetry: Telemetry;
  readonly #http1: Http1Proxy;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: SidecarOptions, mutualTls: MutualTls, telemetry: Telemetry, http1: Http1Proxy) {
    this.#own = options.identity.spiffe;
    this.#telemetry = telemetry;
    this.#http1 = http1;
    this.#routes = new Map(
      options.services.map((service): [string, Route] => [
        `${service.address}:${service.port}`,
        { protocol: service.protocol, upstream: upstreamOf(service, mutualTls, telemetry) },
      ]),
    );
  }

  async accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    this.#telemetry.connection('outbound');
    const destination = destinationOf(socket, OUTBOUND_PORT);
    if (destination === undefined) return reset(socket);
    const { address, port } = destination;
    const { upstream, protocol } = this.#routes.get(`${address}:${port}`) ?? {
      upstream: new Upstream({ name: 'PassthroughCluster', address, port, side: 'outbound' }, this.#telemetry),
      protocol: 'tcp',
    };
    const spoken = await spokenOn(socket, protocol);
    if (spoken === undefined) {
      socket.destroy();
      return;
    }
    const arrival = {
      dialect: ISTIO_DIALECT,
      side: 'outbound',
      own: this.#own,
      peer: undefined,
      upstream,
      telemetry: this.#telemetry,
      protocol,
    } as const;
    forward(socket, spoken, arrival, this.#http1);
  }
}

function upstreamOf(service: ServiceRoute, mutual: MutualTls, telemetry: Telemetry): Upstream {
  return new Upstream(
    {
      name: `outbound|${service.port}||${service.name}`,
      ...service.endpoint,
      side: 'outbound',
      ...(service.tls === 'DISABLE'
        ? {}
        : {
            tls: { mutual, servername: `outbound_.${service.port}_._.${service.name}`, accepted: service.spiffe },
          }),
    },
    telemetry,
  );
}
