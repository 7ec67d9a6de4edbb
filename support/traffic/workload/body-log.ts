import { gunzipSync, inflateSync } from 'node:zlib';
import { BytesDigest, bytesOf } from '../../model/bytes.js';
import type { Direction } from '../../model/journal.js';
import { Base64Segments } from '../../wire/base64-segments.js';
import { decodeGrpcWebTrailers, GrpcFrameParser } from '../../wire/grpc-framing.js';
import type { ExchangeJournal } from './server-journal.js';

/** Turns the bytes of one direction into message records. */
export interface BodyLog {
  push(chunk: Buffer): void;
  /** The direction is complete. Does not write its `end`. */
  complete(): void;
  /** The direction broke off: what is there of a message is written as a partial one. */
  cut(): void;
}

/** Plain HTTP: the body is one message, none if it is empty. Holds no more of it than the journal's preview. */
export class PlainBodyLog implements BodyLog {
  readonly #exchange: ExchangeJournal;
  readonly #direction: Direction;
  readonly #expectedLength: number | undefined;
  readonly #digest = new BytesDigest();

  constructor(exchange: ExchangeJournal, direction: Direction, expectedLength: number | undefined) {
    this.#exchange = exchange;
    this.#direction = direction;
    this.#expectedLength = expectedLength;
  }

  push(chunk: Buffer): void {
    this.#digest.update(chunk);
  }

  complete(): void {
    if (this.#digest.length > 0) this.#exchange.message(this.#direction, this.#digest.finish());
  }

  cut(): void {
    if (this.#digest.length === 0) return;
    this.#exchange.partialMessage(this.#direction, this.#digest.finish(), this.#expectedLength);
  }
}

/** gRPC and gRPC-Web: one message for each frame. A gRPC-Web trailer frame is written as trailers. */
export class GrpcBodyLog implements BodyLog {
  readonly #exchange: ExchangeJournal;
  readonly #direction: Direction;
  readonly #encoding: string | undefined;
  readonly #frames = new GrpcFrameParser();
  readonly #text: Base64Segments | undefined;

  /** `encoding` is the `grpc-encoding` of the direction; `text` is set for the base64 form of gRPC-Web. */
  constructor(exchange: ExchangeJournal, direction: Direction, encoding: string | undefined, text = false) {
    this.#exchange = exchange;
    this.#direction = direction;
    this.#encoding = encoding;
    this.#text = text ? base64Into((data) => this.#pushBinary(data)) : undefined;
  }

  push(chunk: Buffer): void {
    if (this.#text === undefined) this.#pushBinary(chunk);
    else this.#text.push(chunk);
  }

  complete(): void {
    this.#text?.end();
    this.cut();
  }

  cut(): void {
    const rest = this.#frames.rest();
    if (rest !== undefined) this.#exchange.partialMessage(this.#direction, bytesOf(rest.data), rest.expectedLength);
  }

  #pushBinary(chunk: Buffer): void {
    for (const frame of this.#frames.push(chunk)) {
      if (frame.trailers) {
        this.#exchange.trailers(this.#direction, decodeGrpcWebTrailers(frame.data));
        continue;
      }
      const plain = frame.compressed ? decompressed(frame.data, this.#encoding) : frame.data;
      this.#exchange.message(this.#direction, bytesOf(plain ?? frame.data), plain === undefined);
    }
  }
}

/** Decodes the text form of gRPC-Web; what is no base64 is left out. */
export function base64Into(decoded: (data: Buffer) => void): Base64Segments {
  return new Base64Segments({ decoded, malformed() {}, undecoded() {} });
}

/** Largest message, in bytes, that the echo workload takes: 64 MiB of payload and room for what is around it. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024 + 64 * 1024;

/** The message in a compressed frame; `undefined` if the encoding is unknown or the data broken. */
export function decompressed(data: Buffer, encoding: string | undefined): Buffer | undefined {
  try {
    if (encoding === 'gzip') return gunzipSync(data, { maxOutputLength: MAX_MESSAGE_BYTES });
    if (encoding === 'deflate') return inflateSync(data, { maxOutputLength: MAX_MESSAGE_BYTES });
  } catch {
    // The server answers it with an error; the journal shows the bytes as they came.
  }
  return undefined;
}
