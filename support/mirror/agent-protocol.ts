/**
 * What an agent and the local process say to each other over the session's Unix socket. It carries what mirrord's protocol
 * carries for mirrored TCP (`LayerTcp`, `DaemonTcp`): frames of a type, a number (port, connection or nonce) and a payload.
 */
export const MESSAGE = {
  // local process → agent
  subscribe: 1,
  unsubscribe: 2,
  /** The local process does not want more of a connection. */
  unsubscribeConnection: 3,
  ping: 4,
  // agent → local process
  /** The port's traffic is captured from now on; payload: {@link Subscribed}. */
  subscribed: 16,
  /** Payload: {@link NewConnection}. */
  newConnection: 17,
  /** Payload: bytes of a connection; a message may reach the reader in pieces. */
  data: 18,
  close: 19,
  pong: 20,
  /** Payload: {@link LogMessage}. */
  log: 21,
  /** Payload: {@link NewRequest}. Its body comes as data, and its end as `end`. */
  newRequest: 22,
  /** Payload: header fields behind the body of a request. */
  trailers: 23,
  /** The client has nothing more to say: the end of a body, or the half-close of a connection. */
  end: 24,
  /** The application has agreed to change the protocol: data from here on belong to the new one. */
  upgraded: 25,
} as const;
export type MessageType = (typeof MESSAGE)[keyof typeof MESSAGE];

export interface Subscribed {
  /** Epoch milliseconds. */
  readonly at: number;
}

/** `ip:port` of the client and of the workload, as the capture saw them. */
export interface NewConnection {
  readonly remote: string;
  readonly local: string;
}

/** The head of one mirrored HTTP request. */
export interface NewRequest extends NewConnection {
  readonly version: '1.1' | '2';
  readonly method: string;
  /** As on the request line, or in `:path`. */
  readonly target: string;
  /** Names and values in turn, as received; those of HTTP/2 with its pseudo-headers. */
  readonly fields: readonly string[];
}

export interface LogMessage {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/** Type (1 byte), number (4), length of the payload (4). */
export const HEADER_BYTES = 9;

export function writeHeader(target: Buffer, at: number, type: MessageType, number: number, length: number): number {
  target.writeUInt8(type, at);
  target.writeUInt32BE(number, at + 1);
  return target.writeUInt32BE(length, at + 5);
}

export function encodeMessage(type: MessageType, number: number, payload?: unknown): Buffer {
  const body = payload === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(payload));
  const message = Buffer.alloc(HEADER_BYTES + body.length);
  body.copy(message, writeHeader(message, 0, type, number, body.length));
  return message;
}

/**
 * Cuts a byte stream into messages. Data is passed on as it comes, in as many pieces as it comes; everything else is collected.
 */
export class MessageReader {
  readonly #onMessage: (type: number, number: number, payload: Buffer) => void;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerLength = 0;
  #left = 0;
  #parts: Buffer[] = [];

  constructor(onMessage: (type: number, number: number, payload: Buffer) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerLength < HEADER_BYTES) {
        const take = Math.min(HEADER_BYTES - this.#headerLength, chunk.length - at);
        chunk.copy(this.#header, this.#headerLength, at, at + take);
        this.#headerLength += take;
        at += take;
        if (this.#headerLength < HEADER_BYTES) return;
        this.#left = this.#header.readUInt32BE(5);
        if (this.#left === 0) this.#emit(Buffer.alloc(0));
        continue;
      }
      const take = Math.min(this.#left, chunk.length - at);
      const part = chunk.subarray(at, at + take);
      this.#left -= take;
      at += take;
      if (this.#header[0] === MESSAGE.data) {
        this.#emit(part);
      } else {
        this.#parts.push(part);
        if (this.#left === 0) this.#emit(Buffer.concat(this.#parts.splice(0)));
      }
    }
  }

  #emit(payload: Buffer): void {
    if (this.#left === 0) this.#headerLength = 0;
    this.#onMessage(this.#header.readUInt8(0), this.#header.readUInt32BE(1), payload);
  }
}

/** Reads a JSON payload. Both ends are ours, so its form is trusted. */
export function decodePayload<Payload>(payload: Buffer): Payload {
  return JSON.parse(payload.toString()) as Payload;
}
