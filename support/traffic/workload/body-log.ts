import { bodyFramingOf } from '../../model/body-framing.js';
import { bytesOf } from '../../model/bytes.js';
import type { Direction, Header } from '../../model/journal.js';
import { LARGEST_MESSAGE_BYTES } from '../../model/payload.js';
import { Base64Segments } from '../../wire/base64-segments.js';
import { decompressed } from '../../wire/grpc-compression.js';
import { decodeGrpcWebTrailers, GrpcFrameParser } from '../../wire/grpc-framing.js';
import { type BodyHandler, DelimitedBody } from '../../wire/message-bodies.js';
import { type ExchangeJournal, headerOf } from './server-journal.js';

/** Turns the bytes of one direction into message records. */
export interface BodyLog {
  push(chunk: Buffer): void;
  /** The direction is complete. Does not write its `end`. */
  complete(): void;
  /** The direction broke off: what is there of a message is written as a partial one. */
  cut(): void;
}

/** Plain HTTP, cut into messages as its content type says. Holds no more of them than the journal's preview. */
export class PlainBodyLog implements BodyLog {
  readonly #exchange: ExchangeJournal;
  readonly #direction: Direction;
  readonly #body: DelimitedBody;

  constructor(exchange: ExchangeJournal, direction: Direction, headers: readonly Header[]) {
    this.#exchange = exchange;
    this.#direction = direction;
    const length = headerOf(headers, 'content-length');
    const handler: BodyHandler = {
      message: (body) => exchange.message(direction, body),
      trailers() {},
      // What makes no messages is for the server to refuse.
      malformed() {},
      undecoded() {},
    };
    this.#body = new DelimitedBody(bodyFramingOf(headers), handler, {
      contentLength: length === undefined ? undefined : Number(length),
      largestMessage: MAX_MESSAGE_BYTES,
    });
  }

  push(chunk: Buffer): void {
    this.#body.push(chunk);
  }

  complete(): void {
    this.#body.end();
    this.cut();
  }

  cut(): void {
    const partial = this.#body.takePartial();
    if (partial !== undefined) this.#exchange.partialMessage(this.#direction, partial.body, partial.expectedLength);
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
      const plain = frame.compressed ? decompressed(frame.data, this.#encoding, MAX_MESSAGE_BYTES) : frame.data;
      this.#exchange.message(this.#direction, bytesOf(plain ?? frame.data), plain === undefined);
    }
  }
}

/** Decodes the text form of gRPC-Web; what is no base64 is left out. */
export function base64Into(decoded: (data: Buffer) => void): Base64Segments {
  return new Base64Segments({ decoded, malformed() {}, undecoded() {} });
}

/** Largest message, in bytes, that the echo workload takes: the largest payload and room for what is around it. */
export const MAX_MESSAGE_BYTES = LARGEST_MESSAGE_BYTES + 64 * 1024;
