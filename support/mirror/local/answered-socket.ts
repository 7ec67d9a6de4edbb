import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A connection as a server sees it whose bytes somebody else reads first and hands on. */
export class AnsweredSocket extends Duplex {
  readonly #socket: Socket;
  #resting = false;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    this.on('error', () => {});
    socket.on('close', () => this.destroy());
  }

  received(bytes: Buffer): void {
    if (!this.destroyed && !this.push(bytes)) this.#socket.pause();
  }

  receivedAll(): void {
    if (!this.destroyed) this.push(null);
  }

  /** Nothing is read until it is told otherwise. */
  set resting(resting: boolean) {
    this.#resting = resting;
    if (resting) this.#socket.pause();
    else this.#socket.resume();
  }

  override _read(): void {
    if (!this.#resting) this.#socket.resume();
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, (error) => done(error ?? null));
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
