import { isIPv6, type Socket } from 'node:net';
import { type Destination, originalDestination } from '../../../linux/original-destination.js';
import { matchesPath } from '../../../model/policies.js';
import { readClientHello } from './client-hello.js';
import { peek, type Spoken, spokenOn } from './detection.js';
import { ISTIO_DIALECT } from './dialect.js';
import { forward } from './forward.js';
import type { Peer } from './headers.js';
import type { Http1Proxy } from './http1-proxy.js';
import { type MutualTls, type MutualTlsServer, offersMeshProtocol } from './mutual-tls.js';
import {
  INBOUND_BIND_ADDRESS,
  INBOUND_BIND_ADDRESS_IPV6,
  INBOUND_PORT,
  type InboundPort,
  type SidecarOptions,
} from './options.js';
import { reset } from './relay.js';
import type { Telemetry } from './telemetry.js';
import { Upstream } from './upstream.js';

/** Where a client meant to go. */
interface Meant extends Destination {
  /** The client's address, where the application is to see it. Connections are pooled client by client then. */
  readonly source?: string | undefined;
}

/**
 * Takes in connections to the pod (port 15006): applies the mTLS policy, finds out what is spoken, and forwards it to the
 * application at the address that the client meant, from 127.0.0.6. An application that listens on 127.0.0.1 only is not
 * reached, as in Istio since 1.10.
 */
export class Inbound {
  readonly #options: SidecarOptions;
  readonly #telemetry: Telemetry;
  readonly #http1: Http1Proxy;
  readonly #tls: MutualTlsServer;
  readonly #upstreams = new Map<string, Upstream>();

  readonly #denies: ((path: string) => boolean) | undefined;

  constructor(options: SidecarOptions, mutualTls: MutualTls, telemetry: Telemetry, http1: Http1Proxy) {
    this.#options = options;
    const { deniedPaths } = options;
    this.#denies = deniedPaths && ((path) => deniedPaths.some((pattern) => matchesPath(pattern, path)));
    this.#telemetry = telemetry;
    this.#http1 = http1;
    this.#tls = mutualTls.server((reason) => telemetry.tlsFailure('inbound', reason));
  }

  async accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    this.#telemetry.connection('inbound');
    const found = destinationOf(socket, INBOUND_PORT);
    if (found === undefined) return reset(socket);
    const { originalSource = false } = this.#options;
    const destination = { ...found, ...(originalSource && { source: socket.remoteAddress }) };
    const policy = this.#declared(destination)?.policy ?? this.#options.policy;
    if (policy === 'DISABLE') return this.#speak(socket, destination, undefined, undefined);

    const hello = await peek(socket, readClientHello);
    if (hello === undefined) {
      socket.destroy();
    } else if (hello !== 'not-tls' && (policy === 'STRICT' || offersMeshProtocol(hello.alpn))) {
      const arrival = await this.#tls.handshake(socket);
      if (arrival === undefined) return;
      this.#telemetry.mutualTlsHandshake('inbound');
      await this.#speak(arrival.socket, destination, arrival.peer, arrival.spoken);
    } else if (policy === 'STRICT') {
      // Envoy finds no filter chain and closes with the bytes unread: the client sees a reset.
      this.#telemetry.refusedPlaintext();
      reset(socket);
    } else {
      await this.#speak(socket, destination, undefined, undefined);
    }
  }

  async #speak(
    socket: Socket,
    destination: Meant,
    peer: Peer | undefined,
    negotiated: Spoken | undefined,
  ): Promise<void> {
    const declared = this.#declared(destination)?.protocol;
    const spoken = await spokenOn(socket, declared, negotiated);
    if (spoken === undefined) {
      socket.destroy();
      return;
    }
    const own = this.#options.identity.spiffe;
    const upstream = this.#upstream(destination);
    const arrival = {
      dialect: ISTIO_DIALECT,
      side: 'inbound',
      own,
      peer,
      upstream,
      telemetry: this.#telemetry,
      protocol: declared,
      denies: this.#denies,
    } as const;
    forward(socket, spoken, arrival, this.#http1);
  }

  #declared(destination: Destination): InboundPort | undefined {
    return this.#options.inboundPorts?.find(({ port }) => port === destination.port);
  }

  #upstream({ address, port, source }: Meant): Upstream {
    const key = `${address}:${port} ${source ?? ''}`;
    let upstream = this.#upstreams.get(key);
    if (upstream === undefined) {
      upstream = new Upstream(
        {
          name: `inbound|${port}||`,
          address,
          port,
          side: 'inbound',
          ...(source === undefined
            ? { localAddress: isIPv6(address) ? INBOUND_BIND_ADDRESS_IPV6 : INBOUND_BIND_ADDRESS }
            : { foreignAddress: source }),
        },
        this.#telemetry,
      );
      this.#upstreams.set(key, upstream);
    }
    return upstream;
  }
}

/** Where a client meant to go; `undefined` for one that dialled the sidecar itself, which leads nowhere. */
export function destinationOf(socket: Socket, ownPort: number): Destination | undefined {
  const destination = originalDestinationOf(socket);
  return destination?.port === ownPort ? undefined : destination;
}

/** Where a client meant to go, be it the sidecar itself. */
export function originalDestinationOf(socket: Socket): Destination | undefined {
  try {
    return originalDestination(socket);
  } catch {
    return undefined;
  }
}
