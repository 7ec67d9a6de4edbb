import { connect, type Socket } from 'node:net';

/** How long a closed connection must be silent before the local process is told (mirrord intproxy tcp_proxy.rs:117). */
export const LINGER_MS = 1000;

/** Messages that may wait for the local process before the agent is not read any more (mirrord intproxy `CHANNEL_SIZE`). */
export const MESSAGES_WAITING = 512;

/** Sees what happens to one mirrored connection on its last leg. */
export interface ConnectionWitness {
  /** The connection to the local process stands. `taken` is called when the local process has it. */
  connected(socket: Socket, taken: () => void): void;
  /** The kernel took these bytes for the local process. */
  delivered(bytes: Uint8Array): void;
  /** Nothing more will be delivered. `lost`: not because the connection came to its end. */
  closed(how: 'fin' | 'rst' | 'lost', detail?: string): void;
}

export interface MirroredConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly witness: ConnectionWitness;
  /** Called once, when the local process has the connection, or will never have it. */
  onSettled(): void;
  /** Called when it becomes too slow, and when it has caught up or is over. */
  onCongestion(congested: boolean): void;
  /** Called once, when the local process is disconnected. `failure` if that was not our doing. */
  onClosed(failure: string | undefined): void;
}

// What the local process answers is read and discarded: one buffer for all connections.
const discarded = Buffer.alloc(64 * 1024);

/**
 * One mirrored connection on its way to the local process: a TCP connection of its own, opened at once. The answer is discarded
 * (mirrord intproxy tcp_proxy.rs:170-204). When the original is closed, the local process is disconnected after a second of silence.
 */
export class MirroredConnection {
  readonly #options: MirroredConnectionOptions;
  readonly #socket: Socket;
  #waitingMessages = 0;
  #waitingBytes = 0;
  #congested = false;
  #remoteClosed = false;
  #linger: NodeJS.Timeout | undefined;
  #settled = false;
  #closed = false;

  constructor(options: MirroredConnectionOptions) {
    this.#options = options;
    this.#socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      allowHalfOpen: true,
      onread: {
        buffer: discarded,
        callback: () => {
          this.#linger?.refresh();
          return true;
        },
      },
    });
    this.#socket.on('connect', () => {
      options.witness.connected(this.#socket, () => this.#settle());
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      const failure = error.code ?? error.message;
      this.#end(failure === 'ECONNRESET' || failure === 'EPIPE' ? 'rst' : 'lost', failure, failure);
    });
  }

  /** Bytes that the local process's socket has not taken. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The original connection is open, or bytes of it are still to be delivered. */
  get isActive(): boolean {
    return !this.#closed && (!this.#remoteClosed || this.#waitingMessages > 0);
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#waitingMessages += 1;
    this.#waitingBytes += bytes.length;
    this.#updateCongestion();
    this.#socket.write(bytes, (error) => {
      if (this.#closed || error != null) return;
      this.#waitingMessages -= 1;
      this.#waitingBytes -= bytes.length;
      this.#options.witness.delivered(bytes);
      this.#updateCongestion();
      this.#maybeLinger();
    });
  }

  /** The original client has nothing more to say: a half-close, behind what was written before. */
  halfClose(): void {
    if (!this.#closed) this.#socket.end();
  }

  /** The original connection was closed. */
  remoteClosed(): void {
    this.#remoteClosed = true;
    this.#maybeLinger();
  }

  /** Disconnects the local process now. */
  abort(detail: string): void {
    this.#end('lost', detail);
  }

  #maybeLinger(): void {
    if (this.#closed || !this.#remoteClosed || this.#waitingMessages > 0 || this.#linger !== undefined) return;
    this.#linger = setTimeout(() => this.#end('fin'), LINGER_MS);
  }

  #end(how: 'fin' | 'rst' | 'lost', detail?: string, failure?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#linger);
    this.#socket.destroy();
    this.#waitingMessages = 0;
    this.#waitingBytes = 0;
    this.#updateCongestion();
    this.#settle();
    this.#options.witness.closed(how, detail);
    this.#options.onClosed(failure);
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#options.onSettled();
  }

  #updateCongestion(): void {
    const congested = this.#waitingMessages >= MESSAGES_WAITING;
    if (congested === this.#congested) return;
    this.#congested = congested;
    this.#options.onCongestion(congested);
  }
}
