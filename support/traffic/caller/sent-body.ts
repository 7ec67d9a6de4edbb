import { type Bytes, BytesDigest } from '../../model/bytes.js';
import type { ExchangeJournal } from './caller-journal.js';
import type { OutgoingMessage } from './exchange.js';

/**
 * The request body of an HTTP exchange, which is one message however many pieces it is written in. "Sent" means that the
 * operating system took it; no HTTP library knows more.
 */
export class SentBody {
  readonly #emptyCounts: boolean;
  #only: OutgoingMessage | undefined;
  #digest: BytesDigest | undefined;
  #journalled = false;

  /** `emptyCounts`: a message of no bytes is a message all the same (gRPC-Web), unlike an empty HTTP body. */
  constructor(emptyCounts: boolean) {
    this.#emptyCounts = emptyCounts;
  }

  written(piece: OutgoingMessage): void {
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

  /** Journals the message, of which `last` is the last piece, and the half-close. */
  complete(journal: ExchangeJournal, last: OutgoingMessage | undefined): void {
    if (this.#journalled) return;
    this.#journalled = true;
    if (last !== undefined) this.written(last);
    const body = this.#bytes();
    if (body !== undefined && (body.length > 0 || this.#emptyCounts)) journal.message('request', body);
    journal.end('request');
  }

  /** Journals what was written of a request that will not be completed. */
  cut(journal: ExchangeJournal, expectedLength: number | undefined): void {
    if (this.#journalled) return;
    this.#journalled = true;
    const body = this.#bytes();
    if (body !== undefined && body.length > 0) journal.partialMessage('request', body, expectedLength);
  }

  #bytes(): Bytes | undefined {
    return this.#digest?.finish() ?? this.#only?.bytes;
  }
}
