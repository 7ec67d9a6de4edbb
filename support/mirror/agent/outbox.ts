import type { Socket } from 'node:net';
import { encodeMessage, HEADER_BYTES, MESSAGE, type MessageType, writeHeader } from '../agent-protocol.js';

/**
 * How much may be on its way to the local process before the agent's bounded queues begin to fill. It stands for the socket
 * buffers of mirrord's connection between agent and internal proxy: 4 MiB is the largest that Linux gives a TCP sender by itself
 * (net.ipv4.tcp_wmem).
 */
const OUTBOX_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** Smaller payloads are gathered into chunks; larger ones go out as they are. */
const GATHERED_BYTES = 8 * 1024;

/** Messages on their way to the local process. Never refuses one: whoever fills it asks {@link hasRoom} first. */
export class Outbox {
  readonly #socket: Socket;
  readonly #onRoom: () => void;
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;
  /** Bytes that the kernel has not taken yet. */
  #pending = 0;
  #sent = 0;
  #corked = false;

  /** @param onRoom called whenever the kernel took something. */
  constructor(socket: Socket, onRoom: () => void) {
    this.#socket = socket;
    this.#onRoom = onRoom;
  }

  get hasRoom(): boolean {
    return this.#pending + this.#used < OUTBOX_BYTES;
  }

  /** Bytes of all messages so far. */
  get sentBytes(): number {
    return this.#sent;
  }

  message(type: Exclude<MessageType, 18>, number: number, payload?: unknown): void {
    this.#gather(encodeMessage(type, number, payload));
  }

  /** @param bytes are kept until the kernel took them. */
  data(connection: number, bytes: Uint8Array): void {
    this.#reserve(HEADER_BYTES);
    this.#sent += HEADER_BYTES;
    this.#used = writeHeader(this.#chunk, this.#used, MESSAGE.data, connection, bytes.length);
    if (bytes.length <= GATHERED_BYTES) {
      this.#gather(bytes);
    } else {
      this.#endChunk();
      this.#sent += bytes.length;
      this.#write(bytes);
    }
  }

  /** Sends everything since the last flush, in one system call where the kernel takes it. */
  flush(): void {
    this.#endChunk();
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  }

  #endChunk(): void {
    if (this.#used === 0) return;
    this.#write(this.#chunk.subarray(0, this.#used));
    this.#chunk = this.#chunk.subarray(this.#used);
    this.#used = 0;
  }

  #gather(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#sent += bytes.length;
    this.#chunk.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** The rest of a chunk is used on after a flush; a new one is taken when it is too small. */
  #reserve(length: number): void {
    if (this.#used + length <= this.#chunk.length) return;
    this.#endChunk();
    this.#chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, length));
  }

  #write(bytes: Uint8Array): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
    }
    this.#pending += bytes.length;
    this.#socket.write(bytes, () => {
      this.#pending -= bytes.length;
      this.#onRoom();
    });
  }
}
