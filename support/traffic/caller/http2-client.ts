import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import type { Socket } from 'node:net';
import { EnvironmentError } from '../../model/errors.js';
import { addressesOf, type CallerJournal } from './caller-journal.js';
import { dial } from './dial.js';
import type { CallStart, ConnectionAddresses, Exchange, ProtocolClient, Target } from './exchange.js';
import { Http2Exchange } from './http2-exchange.js';

/** One HTTP/2 connection: its session and the socket under it. */
export interface Http2Connection {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  readonly number: number;
  /** The other side's SETTINGS came: it speaks HTTP/2. */
  established: boolean;
  /** The first error of session or socket: why its streams end. */
  error: NodeJS.ErrnoException | undefined;
}

/** HTTP/2, in the clear with prior knowledge (RFC 9113 §3.3) or in TLS: one connection, a stream for each exchange. */
export class Http2Client implements ProtocolClient {
  readonly #target: Target;
  readonly #journal: CallerJournal;
  #connection: Http2Connection | undefined;
  readonly #open = new Set<Http2Connection>();

  constructor(target: Target, journal: CallerJournal) {
    this.#target = target;
    this.#journal = journal;
  }

  /** Waits for the other side's SETTINGS, too: only then it is known to speak HTTP/2. */
  connect(timeoutMs: number): Promise<ConnectionAddresses> {
    const connection = this.#usable();
    const { session, socket } = connection;
    if (connection.established) return Promise.resolve(addressesOf(socket));
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => {
        clearTimeout(timer);
        session.destroy();
        reject(new EnvironmentError(`No HTTP/2 connection to ${this.#target.host}:${this.#target.port}: ${reason}`));
      };
      const timer = setTimeout(() => failed(`no SETTINGS within ${timeoutMs} ms`), timeoutMs);
      session.once('close', () => failed(connection.error?.message ?? 'closed by the other side'));
      session.once('remoteSettings', () => {
        clearTimeout(timer);
        resolve(addressesOf(socket));
      });
    });
  }

  async start(call: CallStart): Promise<Exchange> {
    return new Http2Exchange(this.#usable(), this.#journal, call);
  }

  /** Orderly: GOAWAY, then the end of the connection. */
  async close(): Promise<void> {
    const closed = [...this.#open].map(({ session, socket }) => {
      const gone = new Promise((resolve) => socket.once('close', resolve));
      session.close();
      // A peer that never closes its side must not hold the caller up.
      const timer = setTimeout(() => session.destroy(), CLOSE_GRACE_MS);
      return gone.finally(() => clearTimeout(timer));
    });
    await Promise.all(closed);
  }

  #usable(): Http2Connection {
    const kept = this.#connection;
    if (kept !== undefined && !kept.session.closed && !kept.session.destroyed) return kept;
    const { authority, tls } = this.#target;
    const socket = dial(this.#target, ['h2']);
    const number = this.#journal.watch(socket);
    // As many exchanges may wait for it to connect as there are calls at once.
    socket.setMaxListeners(0);
    const session = connectHttp2(`${tls === true ? 'https' : 'http'}://${authority}`, {
      createConnection: () => socket,
      // Node refuses streams beyond 10 MB of buffered data by default; bodies may be larger.
      maxSessionMemory: 1024,
    });
    const connection: Http2Connection = { session, socket, number, established: false, error: undefined };
    session.once('remoteSettings', () => {
      connection.established = true;
    });
    const failed = (error: NodeJS.ErrnoException): void => {
      connection.error ??= error;
    };
    socket.prependListener('error', failed);
    session.on('error', failed);
    this.#connection = connection;
    this.#open.add(connection);
    socket.once('close', () => this.#open.delete(connection));
    return connection;
  }
}

const CLOSE_GRACE_MS = 1000;
