import { constants, performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import { isIPv4, type Socket } from 'node:net';
import type { Destination } from '../../../linux/original-destination.js';
import { messageOf } from '../../../model/errors.js';
import { CONNECTION_WINDOW, SESSION_LIMITS, STREAM_WINDOW } from '../sidecar/http2-pool.js';
import { destinationOf } from '../sidecar/inbound.js';
import type { MutualTls, MutualTlsServer } from '../sidecar/mutual-tls.js';
import { relay, reset } from '../sidecar/relay.js';
import { type AccessLog, type ConnectionStart, NOTHING_PASSED } from './access-log.js';
import { dial } from './dial.js';
import { HBONE_PORT, INBOUND_PLAINTEXT_PORT, type ZtunnelOptions } from './options.js';
import { relayTunnel } from './tunnel-relay.js';

/** How long a client that is to be refused may be silent. Milliseconds. */
const FIRST_BYTES_MS = 100;

/** ztunnel's words for a connection that is not mutual TLS under STRICT (Istio converts the policy to this authorization). */
const STRICT_DENIES =
  'connection closed due to policy rejection: explicitly denied by: istio-system/istio_converted_static_strict';

/**
 * Takes in connections to the pod: tunnels on port 15008, and plaintext that was redirected to port 15006. Either goes on to the application
 * from the client's own address, as bytes (ztunnel `src/proxy/inbound.rs`, `inbound_passthrough.rs`).
 */
export class ZtunnelInbound {
  readonly #options: ZtunnelOptions;
  readonly #log: AccessLog;
  readonly #tls: MutualTlsServer;

  constructor(options: ZtunnelOptions, mutualTls: MutualTls, log: AccessLog) {
    this.#options = options;
    this.#log = log;
    this.#tls = mutualTls.server(() => {});
  }

  /** A connection of another ztunnel. */
  async acceptTunnels(carrier: Socket): Promise<void> {
    carrier.on('error', () => {});
    const from = { address: carrier.remoteAddress ?? '', port: carrier.remotePort ?? 0 };
    const arrival = await this.#tls.handshake(carrier);
    if (arrival === undefined) {
      this.#log({ ...this.#about(from, HBONE_PORT), ...NOTHING_PASSED, durationMs: 0, error: 'TLS handshake failed' });
      return;
    }
    arrival.socket.allowHalfOpen = false;
    const session = performServerHandshake(arrival.socket, {
      ...SESSION_LIMITS,
      settings: { initialWindowSize: STREAM_WINDOW },
    });
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on('error', () => {});
    session.on('stream', (stream, headers) => {
      stream.on('error', () => {});
      const destination = authorityOf(headers);
      if (destination?.address !== this.#options.podAddress) {
        stream.respond({ ':status': 400 }, { endStream: true });
        return;
      }
      void this.#tunnel(stream, destination, from, arrival.peer.id);
    });
  }

  async #tunnel(stream: ServerHttp2Stream, destination: Destination, from: Destination, spiffe: string): Promise<void> {
    const start = performance.now();
    const about = {
      ...this.#about(from, HBONE_PORT),
      sourceIdentity: spiffe,
      tunnelled: textOf(destination),
      destinationIdentity: this.#options.identity.spiffe,
    };
    let application: Socket;
    try {
      application = await dial(from.address, destination);
    } catch (error) {
      this.#log({ ...about, ...NOTHING_PASSED, durationMs: performance.now() - start, error: messageOf(error) });
      if (!stream.destroyed && !stream.closed) stream.respond({ ':status': 503 }, { endStream: true });
      return;
    }
    if (stream.destroyed || stream.closed) return reset(application);
    stream.respond({ ':status': 200 });
    this.#log(about);
    const { intoTunnel, outOfTunnel } = await relayTunnel(stream, application);
    this.#log({
      ...about,
      bytesSent: intoTunnel,
      bytesReceived: outOfTunnel,
      durationMs: performance.now() - start,
    });
  }

  /** A connection without a tunnel: of a caller outside of the mesh. */
  async acceptPlaintext(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    const start = performance.now();
    const from = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const destination = destinationOf(socket, INBOUND_PLAINTEXT_PORT);
    if (destination === undefined || !isIPv4(from.address)) return reset(socket);
    const about = this.#about(from, destination.port);
    if ((this.#options.portPolicies[destination.port] ?? this.#options.policy) === 'STRICT') {
      await firstBytes(socket);
      this.#log({ ...about, ...NOTHING_PASSED, durationMs: performance.now() - start, error: STRICT_DENIES });
      return reset(socket);
    }
    try {
      const application = await dial(from.address, destination);
      const done = Promise.all([closedOf(socket), closedOf(application)]);
      relay(socket, application);
      this.#log(about);
      await done;
      this.#log({
        ...about,
        bytesSent: application.bytesRead,
        bytesReceived: application.bytesWritten,
        durationMs: performance.now() - start,
      });
    } catch (error) {
      this.#log({ ...about, ...NOTHING_PASSED, durationMs: performance.now() - start, error: messageOf(error) });
      reset(socket);
    }
  }

  #about(from: Destination, port: number): ConnectionStart {
    return {
      direction: 'inbound',
      source: textOf(from),
      destination: `${this.#options.podAddress}:${port}`,
    };
  }
}

/**
 * A real ztunnel refuses at once, and it is chance whether the client's first bytes have passed the wire by then. Here they always have, so that
 * a capture of `eth0` shows the same each time.
 */
function firstBytes(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, FIRST_BYTES_MS);
    const heard = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.once('readable', heard);
    socket.once('close', heard);
  });
}

function authorityOf(headers: Readonly<Record<string, unknown>>): Destination | undefined {
  if (headers[constants.HTTP2_HEADER_METHOD] !== 'CONNECT') return undefined;
  const [, address, port] = /^([\d.]+):(\d+)$/.exec(String(headers[constants.HTTP2_HEADER_AUTHORITY])) ?? [];
  return address === undefined ? undefined : { address, port: Number(port) };
}

export function textOf({ address, port }: Destination): string {
  return `${address}:${port}`;
}

export function closedOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
