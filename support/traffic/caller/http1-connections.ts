import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { EnvironmentError } from '../../model/errors.js';
import { addressesOf, type CallerJournal } from './caller-journal.js';
import { dial } from './dial.js';
import type { ConnectionAddresses, Target } from './exchange.js';

/**
 * The HTTP/1.1 connections to one target. HTTP/1.1 carries one exchange at a time on a connection, so as many
 * connections are opened as exchanges are in flight, up to `maxSockets`; they are kept and used again.
 */
export class Http1Connections extends Agent {
  readonly #target: Target;
  readonly #journal: CallerJournal;
  readonly #open = new Set<Socket>();
  /** Opened ahead of any request, and not used yet. */
  readonly #waiting = new Set<Socket>();

  constructor(target: Target, journal: CallerJournal) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#target = target;
    this.#journal = journal;
  }

  /** Called by Node when a request needs a connection and none is free. */
  override createConnection(): Socket {
    const [waiting] = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting.delete(waiting);
      return waiting;
    }
    return this.#openSocket();
  }

  /** Opens a connection that the first request will use. */
  openAhead(timeoutMs: number): Promise<ConnectionAddresses> {
    const [open] = this.#open;
    if (open?.readyState === 'open') return Promise.resolve(addressesOf(open));
    const socket = this.#openSocket();
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => {
        socket.destroy();
        reject(new EnvironmentError(`No connection to ${this.#target.host}:${this.#target.port}: ${reason}`));
      };
      const timer = setTimeout(() => failed(`nothing within ${timeoutMs} ms`), timeoutMs);
      socket.once('connect', () => {
        clearTimeout(timer);
        this.#waiting.add(socket);
        resolve(addressesOf(socket));
      });
      socket.once('error', (error) => {
        clearTimeout(timer);
        failed(error.message);
      });
    });
  }

  /** The number of a connection of this pool in the journal. */
  numberOf(socket: Socket): number {
    return this.#journal.watch(socket);
  }

  /** Closes all connections and waits until they are closed. */
  async close(): Promise<void> {
    const closed = [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    this.destroy();
    for (const socket of this.#waiting) socket.destroy();
    await Promise.all(closed);
  }

  #openSocket(): Socket {
    const socket = dial(this.#target, ['http/1.1']);
    this.#journal.watch(socket);
    this.#open.add(socket);
    socket.once('close', () => {
      this.#open.delete(socket);
      this.#waiting.delete(socket);
    });
    return socket;
  }
}
