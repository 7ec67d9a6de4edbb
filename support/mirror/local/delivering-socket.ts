import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ConnectionWitness } from './mirrored-connection.js';

/**
 * A connection to the local process that tells what the kernel took for it, byte by byte: what an HTTP client writes into it is
 * what was delivered.
 */
export class DeliveringSocket extends Duplex {
  readonly #socket: Socket;
  readonly #witness: ConnectionWitness;
  #lost: { readonly how: 'rst' | 'lost'; readonly detail: string } | undefined;

  /** @param socket is connected. */
  constructor(socket: Socket, witness: ConnectionWitness) {
    super();
    this.#socket = socket;
    this.#witness = witness;
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const detail = error.code ?? error.message;
      this.#lost = { how: detail === 'ECONNRESET' || detail === 'EPIPE' ? 'rst' : 'lost', detail };
      this.destroy(error);
    });
    socket.on('close', () => {
      this.destroy();
      witness.closed(this.#lost?.how ?? 'fin', this.#lost?.detail);
    });
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, (error) => {
      if (error == null) this.#witness.delivered(chunk);
      done(error ?? null);
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  // What Node's HTTP clients ask of a socket and this one does not need.
  setTimeout(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
