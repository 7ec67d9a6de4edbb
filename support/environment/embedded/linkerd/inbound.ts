import type { Socket } from 'node:net';
import type { Destination } from '../../../linux/original-destination.js';
import { readClientHello } from '../sidecar/client-hello.js';
import { peek, type Spoken, spokenOn } from '../sidecar/detection.js';
import { forward } from '../sidecar/forward.js';
import type { Peer } from '../sidecar/headers.js';
import type { Http1Proxy } from '../sidecar/http1-proxy.js';
import { originalDestinationOf } from '../sidecar/inbound.js';
import type { MutualTls, MutualTlsServer } from '../sidecar/mutual-tls.js';
import { reset } from '../sidecar/relay.js';
import type { Telemetry } from '../sidecar/telemetry.js';
import { Upstream } from '../sidecar/upstream.js';
import { linkerdDialect } from './dialect.js';
import { LINKERD_DETECTION_MS, LINKERD_INBOUND_PORT, type LinkerdProxyOptions } from './options.js';
import { readTransportHeader } from './transport-header.js';

const DIALECT = linkerdDialect(false);

/**
 * Takes in connections to the pod (port 4143): mutual TLS where the client asks for this pod's identity, anything else as it comes (Linkerd's
 * default policy `all-unauthenticated`). The application is called at the address that the client meant, from the pod's own.
 */
export class LinkerdInbound {
  readonly #options: LinkerdProxyOptions;
  readonly #telemetry: Telemetry;
  readonly #http1: Http1Proxy;
  readonly #tls: MutualTlsServer;
  readonly #upstreams = new Map<string, Upstream>();

  constructor(options: LinkerdProxyOptions, mutualTls: MutualTls, telemetry: Telemetry, http1: Http1Proxy) {
    this.#options = options;
    this.#telemetry = telemetry;
    this.#http1 = http1;
    this.#tls = mutualTls.server((reason) => telemetry.tlsFailure('inbound', reason));
  }

  async accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    this.#telemetry.connection('inbound');
    const destination = originalDestinationOf(socket);
    if (destination === undefined) return reset(socket);
    const hello = await peek(socket, readClientHello, { afterMs: LINKERD_DETECTION_MS, result: 'not-tls' });
    if (hello === undefined) {
      socket.destroy();
    } else if (hello !== 'not-tls' && hello.serverName === this.#options.identity.spiffe) {
      const arrival = await this.#tls.handshake(socket);
      if (arrival === undefined) return;
      this.#telemetry.mutualTlsHandshake('inbound');
      if (arrival.spoken === 'tcp') await this.#followHeader(arrival.socket, arrival.peer);
      else await this.#speak(arrival.socket, destination, arrival.peer);
    } else if (hello !== 'not-tls') {
      // TLS that is not ours, on its way to the application.
      this.#forward(socket, 'tcp', destination, undefined);
    } else {
      await this.#speak(socket, destination, undefined);
    }
  }

  /** A connection to the proxy's own port says itself for which of the pod's ports it is. */
  async #followHeader(socket: Socket, peer: Peer): Promise<void> {
    const header = await peek(socket, readTransportHeader);
    if (header === undefined || header === 'invalid') return reset(socket);
    socket.read(header.length);
    this.#forward(socket, 'tcp', { address: this.#options.podAddress, port: header.port }, peer);
  }

  async #speak(socket: Socket, destination: Destination, peer: Peer | undefined): Promise<void> {
    const opaque = this.#options.opaquePorts.includes(destination.port);
    const spoken = await spokenOn(socket, opaque ? 'tcp' : 'auto', undefined, LINKERD_DETECTION_MS);
    if (spoken === undefined) socket.destroy();
    else this.#forward(socket, spoken, destination, peer);
  }

  #forward(socket: Socket, spoken: Spoken, destination: Destination, peer: Peer | undefined): void {
    // Nothing but the header's port can lead here on purpose.
    if (destination.port === LINKERD_INBOUND_PORT) {
      reset(socket);
      return;
    }
    const arrival = {
      dialect: DIALECT,
      side: 'inbound',
      own: this.#options.identity.spiffe,
      peer,
      upstream: this.#upstream(destination),
      telemetry: this.#telemetry,
    } as const;
    forward(socket, spoken, arrival, this.#http1);
  }

  #upstream({ address, port }: Destination): Upstream {
    const key = `${address}:${port}`;
    let upstream = this.#upstreams.get(key);
    if (upstream === undefined) {
      upstream = new Upstream({ name: `inbound ${key}`, address, port, side: 'inbound' }, this.#telemetry);
      this.#upstreams.set(key, upstream);
    }
    return upstream;
  }
}
