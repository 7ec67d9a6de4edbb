import { bodyFramingOf } from '../../model/body-framing.js';
import type { CallOutcome } from '../../model/call.js';
import type { Header } from '../../model/journal.js';
import { type BodyHandler, DelimitedBody } from '../../wire/message-bodies.js';
import type { ExchangeJournal } from './caller-journal.js';
import { headerValue } from './headers.js';

/** What a complete answer says of itself. Without `error` it is what the protocol calls a success. */
export type AnswerResult = Pick<CallOutcome, 'grpcStatus' | 'grpcMessage' | 'error'>;

/** Reads the answer to one call off its HTTP response, and journals it. */
export interface Answer {
  head(status: number, headers: readonly Header[]): void;
  data(chunk: Buffer): void;
  /** The response ended as HTTP demands. */
  complete(trailers: readonly Header[]): AnswerResult;
  /** The response broke off: journals what there is of a message. */
  cut(): void;
}

/** A plain HTTP response, cut into messages as its content type says. */
export class HttpAnswer implements Answer {
  readonly #journal: ExchangeJournal;
  #body: DelimitedBody | undefined;
  #length = 0;
  #status = 0;
  #expectedLength: number | undefined;

  constructor(journal: ExchangeJournal) {
    this.#journal = journal;
  }

  head(status: number, headers: readonly Header[]): void {
    this.#status = status;
    const length = headerValue(headers, 'content-length');
    if (length !== undefined) this.#expectedLength = Number(length);
    this.#journal.response(status, headers);
    const handler: BodyHandler = {
      message: (body) => this.#journal.message('response', body),
      trailers() {},
      malformed() {},
      undecoded() {},
    };
    this.#body = new DelimitedBody(bodyFramingOf(headers), handler, {
      contentLength: this.#expectedLength,
      largestMessage: LARGEST_MESSAGE_BYTES,
    });
  }

  data(chunk: Buffer): void {
    this.#length += chunk.length;
    this.#body?.push(chunk);
  }

  complete(trailers: readonly Header[]): AnswerResult {
    const length = this.#length;
    const expected = this.#expectedLength;
    // An HTTP/2 stream that the other side closes with NO_ERROR looks complete to Node, whatever is missing.
    if (length > 0 && expected !== undefined && length < expected) {
      this.cut();
      this.#journal.reset('NO_ERROR', undefined);
      return { error: `the answer broke off after ${length} of ${expected} bytes` };
    }
    this.#body?.end();
    this.#writePartial();
    if (trailers.length > 0) this.#journal.trailers('response', trailers);
    this.#journal.end('response');
    return this.#status < 400 ? {} : { error: `the answer's status is ${this.#status}` };
  }

  cut(): void {
    if (this.#length > 0) this.#writePartial();
  }

  #writePartial(): void {
    const partial = this.#body?.takePartial();
    if (partial !== undefined) this.#journal.partialMessage('response', partial.body, partial.expectedLength);
  }
}

/** Messages that announce more are taken for garbage. */
const LARGEST_MESSAGE_BYTES = 256 * 1024 * 1024;
