import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Header } from '../../model/journal.js';
import { resetStream } from '../../wire/reset-stream.js';
import { resetOf, watchHalfClose } from './http2-stream-journal.js';
import type { AnswerHead, Carrier } from './server-exchange.js';
import { type ConnectionJournal, headersOf } from './server-journal.js';

/** An exchange over HTTP/2. */
export class Http2Carrier implements Carrier {
  readonly version = '2';
  readonly #stream: ServerHttp2Stream;
  readonly #connection: ConnectionJournal;
  readonly #halfClosed: () => boolean;
  #requestTrailers: readonly Header[] = [];
  #trailers: readonly Header[] = [];
  #unsent = 0;
  #complete = false;

  constructor(stream: ServerHttp2Stream, connection: ConnectionJournal) {
    this.#stream = stream;
    this.#connection = connection;
    this.#halfClosed = watchHalfClose(stream);
    // A stream that is reset is told by `close`.
    stream.on('error', () => {});
    stream.on('trailers', (_headers: unknown, _flags: number, raw?: readonly string[]) => {
      this.#requestTrailers = headersOf(raw ?? []);
    });
  }

  receive(onData: (chunk: Buffer) => void, onEnd: (trailers: readonly Header[]) => void): void {
    this.#stream.on('data', onData);
    this.#stream.once('end', () => {
      if (this.#halfClosed()) onEnd(this.#requestTrailers);
    });
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  framed({ headers }: AnswerHead): readonly Header[] {
    return headers;
  }

  respond({ status, headers, body, trailers }: AnswerHead): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    try {
      this.#complete = !body;
      const waitForTrailers = trailers.length > 0;
      this.#stream.respond({ ':status': status, ...fields(headers) }, { endStream: !body, waitForTrailers });
      this.#stream.once('wantTrailers', () => {
        if (!this.#stream.closed) this.#stream.sendTrailers(fields(this.#trailers));
      });
    } catch {
      // Node refuses several values for some names; such an answer was asked for and cannot be given.
      this.#complete = false;
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    }
  }

  write(chunk: Uint8Array): boolean {
    this.#unsent += 1;
    return this.#stream.write(chunk, (error) => {
      if (error == null) this.#unsent -= 1;
    });
  }

  onceDrained(listener: () => void): void {
    this.#stream.once('drain', listener);
  }

  onceOver(listener: (broken: { readonly code: string; readonly detail?: string } | undefined) => void): void {
    const stream = this.#stream;
    stream.once('close', () => {
      // Node ends a stream itself when the client resets it, so that "finished" alone says nothing. And a client that has
      // the whole answer may close the connection before Node says "finished".
      const notReset = this.#connection.isGone || stream.rstCode === constants.NGHTTP2_NO_ERROR;
      const sent = this.#complete && (stream.writableFinished || (this.#unsent === 0 && notReset));
      listener(sent ? undefined : resetOf(stream, this.#connection));
    });
  }

  end(trailers: readonly Header[]): void {
    this.#trailers = trailers;
    this.#complete = true;
    this.#stream.end();
  }

  breakOff(): void {
    resetStream(this.#stream, constants.NGHTTP2_INTERNAL_ERROR);
  }
}

/** Headers as Node takes them: a name that occurs several times has a list of values. */
function fields(headers: readonly Header[]): OutgoingHttpHeaders {
  const result: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const known = result[name];
    result[name] = known === undefined ? value : [known, value].flat();
  }
  return result;
}
