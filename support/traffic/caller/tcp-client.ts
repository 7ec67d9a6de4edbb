import { connect, type Socket } from 'node:net';
import { EnvironmentError } from '../../model/errors.js';
import { addressesOf, type CallerJournal } from './caller-journal.js';
import type { CallStart, ConnectionAddresses, Exchange, ProtocolClient, Target } from './exchange.js';
import { TcpExchange } from './tcp-exchange.js';

/** Raw TCP: a call is a connection, from its first byte to its end. None is ever used for a second call. */
export class TcpClient implements ProtocolClient {
  readonly #target: Target;
  readonly #journal: CallerJournal;
  readonly #open = new Set<Socket>();
  /** Opened ahead of the call that will use it. */
  readonly #waiting = new Set<Socket>();

  constructor(target: Target, journal: CallerJournal) {
    this.#target = target;
    this.#journal = journal;
  }

  connect(timeoutMs: number): Promise<ConnectionAddresses> {
    const [waiting] = this.#waiting;
    if (waiting !== undefined) return Promise.resolve(addressesOf(waiting));
    const socket = this.#dial();
    return new Promise((resolve, reject) => {
      const failed = (reason: string): void => {
        clearTimeout(timer);
        socket.destroy();
        reject(new EnvironmentError(`No connection to ${this.#target.host}:${this.#target.port}: ${reason}`));
      };
      const timer = setTimeout(() => failed(`nothing within ${timeoutMs} ms`), timeoutMs);
      socket.once('connect', () => {
        clearTimeout(timer);
        this.#waiting.add(socket);
        resolve(addressesOf(socket));
      });
      socket.once('error', (error) => failed(error.message));
    });
  }

  async start(call: CallStart): Promise<Exchange> {
    const [waiting] = this.#waiting;
    if (waiting !== undefined) this.#waiting.delete(waiting);
    return new TcpExchange(waiting ?? this.#dial(), this.#journal, call);
  }

  async close(): Promise<void> {
    const closed = [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.#open) socket.destroy();
    await Promise.all(closed);
  }

  #dial(): Socket {
    const { host, port } = this.#target;
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    this.#journal.watch(socket);
    this.#open.add(socket);
    // A connection that waits is not dropped when the other side breaks it: its call is to hear of it.
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  }
}
