import { type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2';
import { bodyFramingOf } from '../../model/body-framing.js';
import type { CallOutcome } from '../../model/call.js';
import type { Header } from '../../model/journal.js';
import { resetStream } from '../../wire/reset-stream.js';
import { type Answer, type AnswerResult, HttpAnswer } from './answer.js';
import type { CallerJournal, ExchangeJournal } from './caller-journal.js';
import type { CallStart, Exchange, OutgoingMessage } from './exchange.js';
import { cancelledFailure, deadlineFailure, type Failure, failureOf, gaveUp, streamResetFailure } from './failure.js';
import { hasHeader, headersOf } from './headers.js';
import type { Http2Connection } from './http2-client.js';
import { SentBody } from './sent-body.js';

/** One exchange over HTTP/2: one stream. */
export class Http2Exchange implements Exchange {
  readonly outcome: Promise<CallOutcome>;
  readonly #call: CallStart;
  readonly #connection: Http2Connection;
  readonly #callerJournal: CallerJournal;
  readonly #headers: readonly Header[];
  readonly #sent: SentBody;
  readonly #deadline: NodeJS.Timeout;
  #stream: ClientHttp2Stream | undefined;
  #settle: (outcome: CallOutcome) => void = () => undefined;
  #settled = false;
  /** Written when the request is finished. */
  #last: OutgoingMessage | undefined;
  #startedAt = performance.now();
  #journal: ExchangeJournal | undefined;
  #answer: Answer | undefined;
  #status = 0;
  #trailers: readonly Header[] = [];
  #answerEnded = false;

  constructor(connection: Http2Connection, journal: CallerJournal, call: CallStart) {
    this.#call = call;
    this.#connection = connection;
    this.#callerJournal = journal;
    this.#headers = wireHeaders(call);
    this.#sent = new SentBody({ framing: bodyFramingOf(call.headers), emptyCounts: false });
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#open();
    if (connection.socket.connecting) connection.socket.once('connect', () => this.#begin(connection.number));
    else this.#begin(connection.number);
    this.#deadline = setTimeout(() => this.#giveUp(deadlineFailure(call.timeoutMs)), call.timeoutMs);
  }

  send(message: OutgoingMessage, last: boolean): Promise<void> {
    const stream = this.#stream;
    // A request that was announced to be empty has been ended with its head.
    if (stream === undefined || stream.destroyed || stream.writableEnded) return Promise.resolve();
    this.#sent.writing(message);
    return new Promise((resolve) => {
      if (last) {
        this.#last = message;
        stream.end(message.data, resolve);
        // Node does not call back what was given to `end` when the exchange breaks.
        stream.once('close', resolve);
      } else {
        stream.write(message.data, (error?: Error | null) => {
          if (error == null) this.#sent.written(message);
          resolve();
        });
      }
    });
  }

  end(): void {
    if (this.#stream?.writableEnded === false) this.#stream.end();
  }

  cancel(): void {
    this.#giveUp(cancelledFailure());
  }

  #giveUp(failure: Failure): void {
    this.#fail(failure);
    if (this.#stream !== undefined) resetStream(this.#stream, constants.NGHTTP2_CANCEL);
  }

  #open(): void {
    const { trailers = [] } = this.#call;
    let stream: ClientHttp2Stream;
    try {
      stream = this.#connection.session.request(requestHeaders(this.#call, this.#headers), {
        endStream: this.#call.contentLength === 0,
        waitForTrailers: trailers.length > 0,
      });
    } catch (error) {
      // A request that HTTP/2 cannot express; any other reason is the connection's.
      if (error instanceof TypeError) throw error;
      queueMicrotask(() => this.#fail(failureOf(error as NodeJS.ErrnoException)));
      return;
    }
    this.#stream = stream;
    stream.on('wantTrailers', () => stream.sendTrailers(fieldsOf(trailers)));
    let streamError: NodeJS.ErrnoException | undefined;
    stream.on('finish', () => {
      if (!this.#settled) this.#sent.complete(this.#last, trailers);
    });
    stream.on('response', (headers, ...rest: unknown[]) => this.#onResponse(headers[':status'] ?? 0, rawHeaders(rest)));
    stream.on('data', (chunk: Buffer) => {
      if (!this.#settled) this.#answer?.data(chunk);
    });
    stream.on('trailers', (_headers, ...rest: unknown[]) => {
      this.#trailers = rawHeaders(rest);
    });
    stream.on('end', () => {
      this.#answerEnded = true;
    });
    stream.on('error', (error) => {
      streamError = error;
    });
    // Node ends the readable side of a broken stream, too: only the code of the close tells whether it is complete
    // (CANCEL where the connection was lost).
    stream.on('close', () => this.#onClose(stream.rstCode, streamError));
  }

  #begin(connection: number): ExchangeJournal {
    if (this.#journal === undefined) {
      this.#startedAt = performance.now();
      this.#journal = this.#callerJournal.begin(connection, {
        protocol: 'HTTP/2',
        method: this.#call.method,
        path: this.#call.path,
        authority: this.#call.authority,
        headers: this.#headers,
      });
      this.#sent.begin(this.#journal);
    }
    return this.#journal;
  }

  #onResponse(status: number, headers: readonly Header[]): void {
    if (this.#settled || this.#journal === undefined) return;
    this.#status = status;
    this.#answer = new HttpAnswer(this.#journal);
    this.#answer.head(status, headers);
  }

  #onClose(code: number | undefined, error: NodeJS.ErrnoException | undefined): void {
    if (this.#settled) return;
    const answer = this.#answer;
    if (answer !== undefined && this.#answerEnded && (code ?? 0) === constants.NGHTTP2_NO_ERROR) {
      if (this.#stream?.writableFinished !== true) this.#cutRequest();
      const result = answer.complete(this.#trailers);
      this.#finish({ ok: result.error === undefined, ...result });
    } else {
      this.#fail(this.#reasonOf(code, error));
    }
  }

  /** A stream that ended with its connection looks to Node like one that was cancelled. */
  #reasonOf(code: number | undefined, error: NodeJS.ErrnoException | undefined): Failure {
    const { error: connectionError } = this.#connection;
    if (connectionError !== undefined) return failureOf(connectionError);
    if (this.#lost()) {
      return failureOf(Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' }));
    }
    if (error !== undefined && error.code !== 'ERR_HTTP2_STREAM_ERROR') return failureOf(error);
    return streamResetFailure(code ?? 0);
  }

  #lost(): boolean {
    const { socket } = this.#connection;
    return socket.readableEnded || socket.destroyed;
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    this.#begin(this.#connection.socket.connecting ? this.#callerJournal.newConnection() : this.#connection.number);
    if (this.#stream?.writableFinished !== true) this.#cutRequest();
    this.#answer?.cut();
    this.#journal?.reset(failure.code, failure.detail);
    this.#finish({ ok: false, ...gaveUp(failure), error: failure.error });
  }

  #cutRequest(): void {
    this.#sent.cut(this.#call.contentLength);
  }

  #finish(result: AnswerResult & Pick<CallOutcome, 'ok' | 'gaveUp'>): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#settle({
      id: this.#call.id,
      httpStatus: this.#status,
      ...(this.#status === 0 ? {} : { httpVersion: '2' as const }),
      durationMs: performance.now() - this.#startedAt,
      ...result,
    });
  }
}

/** The regular headers as they go onto the wire, names in lower case (RFC 9113 §8.2). */
function wireHeaders(call: CallStart): readonly Header[] {
  const headers = call.headers.map(([name, value]): Header => [name.toLowerCase(), value]);
  if (call.contentLength !== undefined && call.contentLength > 0 && !hasHeader(headers, 'content-length')) {
    headers.push(['content-length', String(call.contentLength)]);
  }
  return headers;
}

function requestHeaders(call: CallStart, headers: readonly Header[]): OutgoingHttpHeaders {
  return {
    ':method': call.method,
    ':scheme': 'http',
    ':authority': call.authority,
    ':path': call.path,
    ...fieldsOf(headers),
  };
}

/** Headers as Node takes them: a name that occurs several times has a list of values. */
function fieldsOf(headers: readonly Header[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const present = fields[name];
    fields[name] = present === undefined ? value : [present, value].flat();
  }
  return fields;
}

/** Node hands the flat list of headers over as the last argument of its events (which its types leave out). */
function rawHeaders(eventArguments: readonly unknown[]): readonly Header[] {
  return headersOf((eventArguments[1] ?? []) as string[]);
}
