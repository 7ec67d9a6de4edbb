import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { bodyFramingOf } from '../../model/body-framing.js';
import type { CallOutcome } from '../../model/call.js';
import type { Header } from '../../model/journal.js';
import { isGrpc, type Protocol } from '../../model/protocol.js';
import type { Answer, AnswerResult } from './answer.js';
import type { CallerJournal, ExchangeJournal } from './caller-journal.js';
import type { CallStart, Exchange, OutgoingMessage } from './exchange.js';
import { cancelledFailure, deadlineFailure, type Failure, failureOf, gaveUp, gaveUpGrpc } from './failure.js';
import { headersOf, headerValue, withDefault } from './headers.js';
import type { Http1Connections } from './http1-connections.js';
import { SentBody } from './sent-body.js';

/** What distinguishes plain HTTP/1.1 from what is carried in it. */
export interface Http1Carriage {
  readonly protocol: Protocol;
  /** The bytes of one message on the wire. */
  encode(message: Buffer): Buffer;
  answer(journal: ExchangeJournal): Answer;
  readonly emptyMessageCounts: boolean;
}

/**
 * One exchange over HTTP/1.1. All headers are written by this class and none is added by Node, so that the journal
 * has them as they are on the wire.
 */
export class Http1Exchange implements Exchange {
  readonly outcome: Promise<CallOutcome>;
  readonly #call: CallStart;
  readonly #connections: Http1Connections;
  readonly #callerJournal: CallerJournal;
  readonly #carriage: Http1Carriage;
  readonly #headers: readonly Header[];
  readonly #request: ClientRequest;
  readonly #sent: SentBody;
  readonly #deadline: NodeJS.Timeout;
  #settle: (outcome: CallOutcome) => void = () => undefined;
  #settled = false;
  /** Written when the request is finished. */
  #last: OutgoingMessage | undefined;
  #startedAt = performance.now();
  #journal: ExchangeJournal | undefined;
  #response: IncomingMessage | undefined;
  #answer: Answer | undefined;
  #result: AnswerResult | undefined;

  constructor(connections: Http1Connections, journal: CallerJournal, call: CallStart, carriage: Http1Carriage) {
    this.#call = call;
    this.#connections = connections;
    this.#callerJournal = journal;
    this.#carriage = carriage;
    this.#headers = wireHeaders(call);
    this.#sent = new SentBody({
      framing: bodyFramingOf(call.headers),
      emptyCounts: carriage.emptyMessageCounts,
    });
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#request = request({
      agent: connections,
      method: call.method,
      path: call.path,
      headers: this.#headers.flat(),
    });
    this.#request.on('socket', (socket: Socket) => this.#onSocket(socket));
    this.#request.on('finish', () => this.#onSent());
    this.#request.on('response', (response) => this.#onResponse(response));
    this.#request.on('error', (error) => this.#fail(failureOf(error)));
    this.#request.on('close', () => this.#onClose());
    this.#deadline = setTimeout(() => this.#fail(deadlineFailure(call.timeoutMs)), call.timeoutMs);
  }

  send(message: OutgoingMessage, last: boolean): Promise<void> {
    const data = this.#carriage.encode(message.data);
    this.#sent.writing(message);
    return new Promise((resolve) => {
      if (last) {
        this.#last = message;
        this.#addTrailers();
        this.#request.end(data, resolve);
        // Node does not call back what was given to `end` when the exchange breaks.
        this.#request.once('close', resolve);
      } else {
        this.#request.write(data, (error?: Error | null) => {
          if (error == null) this.#sent.written(message);
          resolve();
        });
      }
    });
  }

  end(): void {
    this.#addTrailers();
    this.#request.end();
  }

  #addTrailers(): void {
    const { trailers = [] } = this.#call;
    if (trailers.length > 0)
      this.#request.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]));
  }

  cancel(): void {
    this.#fail(cancelledFailure());
  }

  #onSocket(socket: Socket): void {
    const begin = (): void => {
      if (!this.#settled) this.#begin(this.#connections.numberOf(socket));
    };
    if (socket.connecting) socket.once('connect', begin);
    else begin();
  }

  #begin(connection: number): ExchangeJournal {
    if (this.#journal === undefined) {
      this.#startedAt = performance.now();
      this.#journal = this.#callerJournal.begin(connection, {
        protocol: this.#carriage.protocol,
        method: this.#call.method,
        path: this.#call.path,
        authority: headerValue(this.#headers, 'host') ?? this.#call.authority,
        headers: this.#headers.map(([name, value]) => [name.toLowerCase(), value]),
      });
      this.#sent.begin(this.#journal);
    }
    return this.#journal;
  }

  #onSent(): void {
    if (this.#settled || this.#journal === undefined) return;
    this.#sent.complete(this.#last, this.#call.trailers ?? []);
    this.#succeedIfOver();
  }

  #onResponse(response: IncomingMessage): void {
    if (this.#settled || this.#journal === undefined) {
      response.destroy();
      return;
    }
    this.#response = response;
    const answer = this.#carriage.answer(this.#journal);
    this.#answer = answer;
    answer.head(response.statusCode ?? 0, headersOf(response.rawHeaders));
    response.on('data', (chunk: Buffer) => {
      if (!this.#settled) answer.data(chunk);
    });
    response.on('end', () => {
      // Node ends a response without length, too, when its connection is reset; `complete` tells.
      if (this.#settled || !response.complete) return;
      this.#result = answer.complete(headersOf(response.rawTrailers));
      this.#succeedIfOver();
    });
    response.on('error', (error) => this.#fail(failureOf(error)));
  }

  /** The exchange is over when both directions are. */
  #succeedIfOver(): void {
    if (this.#result === undefined || !this.#request.writableFinished) return;
    this.#finish({ ok: this.#result.error === undefined, ...this.#result });
  }

  #onClose(): void {
    if (this.#settled) return;
    if (this.#result !== undefined) {
      // Answered before the request was complete, and closed: the answer counts, the rest of the request is lost.
      this.#sent.cut(this.#call.contentLength);
      this.#finish({ ok: this.#result.error === undefined, ...this.#result });
    } else {
      this.#fail(failureOf(Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' })));
    }
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    const journal = this.#begin(
      this.#request.socket?.connecting === false
        ? this.#connections.numberOf(this.#request.socket)
        : this.#callerJournal.newConnection(),
    );
    if (!this.#request.writableFinished) this.#sent.cut(this.#call.contentLength);
    if (this.#result === undefined) this.#answer?.cut();
    journal.reset(failure.code, failure.detail);
    const given = isGrpc(this.#carriage.protocol) ? gaveUpGrpc(failure) : gaveUp(failure);
    this.#finish({ ok: false, ...this.#result, ...given, error: failure.error });
    this.#request.destroy();
  }

  #finish(result: AnswerResult & Pick<CallOutcome, 'ok' | 'gaveUp'>): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    const response = this.#response;
    this.#settle({
      id: this.#call.id,
      httpStatus: response?.statusCode ?? 0,
      ...(response === undefined ? {} : { httpVersion: '1.1' as const }),
      durationMs: performance.now() - this.#startedAt,
      ...result,
    });
  }
}

/** All headers of the request as they go onto the wire. */
function wireHeaders(call: CallStart): readonly Header[] {
  let headers: readonly Header[] = call.headers;
  if (headerValue(headers, 'host') === undefined) headers = [['host', call.authority], ...headers];
  if (call.contentLength === undefined) headers = withDefault(headers, 'transfer-encoding', 'chunked');
  else if (call.contentLength > 0 || !BODILESS.has(call.method)) {
    headers = withDefault(headers, 'content-length', String(call.contentLength));
  }
  return withDefault(headers, 'connection', 'keep-alive');
}

/** Methods whose requests say nothing of their body when they have none (RFC 9110 §8.6). */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);
