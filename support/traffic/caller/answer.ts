import { BytesDigest } from '../../model/bytes.js';
import type { CallOutcome } from '../../model/call.js';
import type { Header } from '../../model/journal.js';
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

/** A plain HTTP response: its whole body is one message. */
export class HttpAnswer implements Answer {
  readonly #journal: ExchangeJournal;
  readonly #body = new BytesDigest();
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
  }

  data(chunk: Buffer): void {
    this.#body.update(chunk);
  }

  complete(trailers: readonly Header[]): AnswerResult {
    const { length } = this.#body;
    const expected = this.#expectedLength;
    // An HTTP/2 stream that the other side closes with NO_ERROR looks complete to Node, whatever is missing.
    if (length > 0 && expected !== undefined && length < expected) {
      this.cut();
      this.#journal.reset('NO_ERROR', undefined);
      return { error: `the answer broke off after ${length} of ${expected} bytes` };
    }
    if (length > 0) this.#journal.message('response', this.#body.finish());
    if (trailers.length > 0) this.#journal.trailers('response', trailers);
    this.#journal.end('response');
    return this.#status < 400 ? {} : { error: `the answer's status is ${this.#status}` };
  }

  cut(): void {
    if (this.#body.length > 0) {
      this.#journal.partialMessage('response', this.#body.finish(), this.#expectedLength);
    }
  }
}
