import type { BodyFraming } from '../../model/body-framing.js';
import { type Bytes, BytesDigest } from '../../model/bytes.js';
import type { Header } from '../../model/journal.js';
import { DelimitedBody } from '../../wire/message-bodies.js';
import type { ExchangeJournal } from './caller-journal.js';
import type { OutgoingMessage } from './exchange.js';

export interface SentBodyOptions {
  /** How the body is cut into messages, however many pieces it is written in. */
  readonly framing: BodyFraming;
  /** A message of no bytes is a message all the same (gRPC-Web), unlike an empty HTTP body. */
  readonly emptyCounts: boolean;
}

/** The request body of an HTTP exchange. "Sent" means that the operating system took it; no HTTP library knows more. */
export class SentBody {
  readonly #options: SentBodyOptions;
  #journal: ExchangeJournal | undefined;
  /** Cuts a body of several messages. */
  #delimited: DelimitedBody | undefined;
  #only: OutgoingMessage | undefined;
  #digest: BytesDigest | undefined;
  /** Given to the operating system, which has not taken all of it. */
  #underWay: OutgoingMessage | undefined;
  #journalled = false;

  constructor(options: SentBodyOptions) {
    this.#options = options;
  }

  /** The request begins. */
  begin(journal: ExchangeJournal): void {
    this.#journal = journal;
    if (this.#options.framing === 'whole') return;
    const handler = {
      message: (body: Bytes) => journal.message('request', body),
      trailers() {},
      malformed() {},
      undecoded() {},
    };
    const limits = { contentLength: undefined, largestMessage: Number.POSITIVE_INFINITY };
    this.#delimited = new DelimitedBody(this.#options.framing, handler, limits);
  }

  /** A piece is on its way. */
  writing(piece: OutgoingMessage): void {
    this.#underWay = piece;
  }

  /** The operating system took a piece. */
  written(piece: OutgoingMessage): void {
    this.#underWay = undefined;
    if (this.#journalled) return;
    if (this.#delimited !== undefined) {
      this.#delimited.push(piece.data);
      return;
    }
    if (this.#options.emptyCounts && this.#journal !== undefined) {
      // gRPC-Web: a piece is a message, and known to be one before the body is complete.
      this.#journal.message('request', piece.bytes);
      return;
    }
    if (this.#only === undefined && this.#digest === undefined) {
      this.#only = piece;
      return;
    }
    if (this.#digest === undefined) {
      this.#digest = new BytesDigest();
      if (this.#only !== undefined) this.#digest.update(this.#only.data);
    }
    this.#digest.update(piece.data);
  }

  /** Journals the message, of which `last` is the last piece, trailers and the half-close. */
  complete(last: OutgoingMessage | undefined, trailers: readonly Header[]): void {
    const journal = this.#journal;
    if (this.#journalled || journal === undefined) return;
    if (last !== undefined) this.written(last);
    this.#journalled = true;
    this.#delimited?.end();
    const body = this.#bytes();
    if (body !== undefined && (body.length > 0 || this.#options.emptyCounts)) journal.message('request', body);
    if (trailers.length > 0) journal.trailers('request', trailers);
    journal.end('request');
  }

  /** Journals what was written of a request that will not be completed. */
  cut(expectedLength: number | undefined): void {
    if (this.#journalled) return;
    this.#journalled = true;
    const body =
      this.#delimited === undefined ? this.#bytes() : (this.#underWay?.bytes ?? this.#delimited.takePartial()?.body);
    if (body !== undefined && body.length > 0) this.#journal?.partialMessage('request', body, expectedLength);
  }

  #bytes(): Bytes | undefined {
    return this.#digest?.finish() ?? this.#only?.bytes;
  }
}
