import { Agent, type ClientRequestArgs } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Envoy's default for idle upstream connections. */
export const IDLE_TIMEOUT_MS = 3600_000;

/**
 * Keeps connections to one upstream open between HTTP/1.1 exchanges, the most recently used first. A `Keep-Alive: timeout`
 * of the server is not heeded, as Envoy does not; when the server closes an idle connection it leaves the pool.
 */
export class Http1Pool extends Agent {
  readonly #dial: () => Promise<Socket>;

  constructor(dial: () => Promise<Socket>) {
    super({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo', timeout: IDLE_TIMEOUT_MS });
    this.#dial = dial;
  }

  override createConnection(
    _: ClientRequestArgs,
    connected?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.#dial().then(
      (socket) => connected?.(null, socket),
      // The socket is not looked at where there is an error.
      (error: Error) => connected?.(error, undefined as unknown as Duplex),
    );
  }

  /** All connections of this pool are alike. */
  override getName(): string {
    return 'upstream';
  }

  override keepSocketAlive(socket: Socket): boolean {
    socket.setKeepAlive(true, 60_000);
    socket.setTimeout(IDLE_TIMEOUT_MS);
    return true;
  }
}
