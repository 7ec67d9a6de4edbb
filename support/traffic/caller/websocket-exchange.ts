import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { BytesDigest, bytesOf } from '../../model/bytes.js';
import type { CallOutcome, WebSocketClose } from '../../model/call.js';
import type { Header, MessageForm } from '../../model/journal.js';
import { ABNORMAL_CLOSE, closeTrailers } from '../../model/websocket-close.js';
import type { CallerJournal, ExchangeJournal } from './caller-journal.js';
import type { CallStart, Exchange, OutgoingMessage } from './exchange.js';
import { cancelledFailure, deadlineFailure, type Failure, failureOf, gaveUp } from './failure.js';
import { headersOf } from './headers.js';
import type { Http1Connections } from './http1-connections.js';

/** What a WebSocket needs beside its messages. */
export interface WebSocketStart {
  /** What is sent are the fragments of one message. */
  readonly fragments: boolean;
  /** The caller closes when it has sent all it has; otherwise the workload does. */
  readonly closes: boolean;
  readonly close: WebSocketClose;
  /** Milliseconds between the handshake and the first message. */
  readonly pauseMs: number;
  /** Milliseconds between pings; absent: none. */
  readonly pingMs?: number;
}

/** One WebSocket: the handshake, messages both ways, the close. */
export class WebSocketExchange implements Exchange {
  readonly outcome: Promise<CallOutcome>;
  readonly #callerJournal: CallerJournal;
  readonly #call: CallStart;
  readonly #manner: WebSocketStart;
  readonly #socket: WebSocket;
  readonly #deadline: NodeJS.Timeout;
  readonly #headers: readonly Header[];
  /** Resolves when messages may be sent, or never will be. */
  readonly #open: Promise<void>;
  readonly #startedAt = performance.now();
  #settle: (outcome: CallOutcome) => void = () => undefined;
  #opened: () => void = () => undefined;
  #journal: ExchangeJournal | undefined;
  #fragments: BytesDigest | undefined;
  #form: MessageForm = 'text';
  #status = 0;
  #closing = false;
  #pinging: NodeJS.Timeout | undefined;
  #pings = 0;
  #pongs = 0;
  #settled = false;

  constructor(connections: Http1Connections, journal: CallerJournal, call: CallStart) {
    if (call.webSocket === undefined) throw new Error('a WebSocket cannot be opened without its manner');
    this.#callerJournal = journal;
    this.#call = call;
    this.#manner = call.webSocket;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#open = new Promise((resolve) => {
      this.#opened = resolve;
    });
    let request: ClientRequest | undefined;
    this.#socket = new WebSocket(`ws://${call.authority}${call.path}`, {
      agent: connections,
      headers: fieldsOf([['host', call.authority], ...call.headers]),
      perMessageDeflate: false,
      finishRequest: (made) => {
        request = made;
        made.end();
      },
    });
    this.#headers = request === undefined ? [] : headersSent(request);
    request?.on('socket', (socket: Socket) => {
      const begin = (): void => {
        if (!this.#settled) this.#begin(connections.numberOf(socket));
      };
      if (socket.connecting) socket.once('connect', begin);
      else begin();
    });
    this.#socket.on('upgrade', (answer) => this.#onResponse(answer));
    this.#socket.on('open', () => {
      setTimeout(this.#opened, this.#manner.pauseMs);
      this.#startPinging();
    });
    this.#socket.on('pong', () => {
      this.#pongs += 1;
    });
    this.#socket.on('message', (data: Buffer, isBinary) => {
      if (!this.#settled) this.#journal?.message('response', bytesOf(data), false, isBinary ? 'binary' : 'text');
    });
    this.#socket.on('unexpected-response', (_, answer) => this.#onRefusal(answer));
    this.#socket.on('error', (error) => this.#fail(failureOf(error)));
    this.#socket.on('close', (code, reason) => this.#onClose({ code, reason: reason.toString() }));
    this.#deadline = setTimeout(() => this.#fail(deadlineFailure(call.timeoutMs)), call.timeoutMs);
  }

  async send(message: OutgoingMessage, last: boolean): Promise<void> {
    await this.#open;
    if (this.#settled || this.#socket.readyState !== WebSocket.OPEN) return;
    const { fragments } = this.#manner;
    const { form = 'binary' } = message;
    await new Promise<void>((resolve) => {
      const options = { binary: form === 'binary', fin: last || !fragments, compress: false };
      this.#socket.send(message.data, options, (error) => {
        if (error == null) this.#sent(message, form, options.fin);
        resolve();
      });
    });
    if (last && this.#manner.closes) this.end();
  }

  end(): void {
    void this.#open.then(() => {
      const { code, reason } = this.#manner.close;
      if (this.#settled || this.#closing || this.#socket.readyState !== WebSocket.OPEN) return;
      this.#socket.close(code, reason);
      this.#endRequest({ code, reason });
    });
  }

  cancel(): void {
    this.#fail(cancelledFailure());
  }

  #begin(connection: number): ExchangeJournal {
    this.#journal ??= this.#callerJournal.begin(connection, {
      protocol: 'WebSocket',
      method: this.#call.method,
      path: this.#call.path,
      authority: this.#call.authority,
      headers: this.#headers,
    });
    return this.#journal;
  }

  #sent({ data, bytes }: OutgoingMessage, form: MessageForm, complete: boolean): void {
    if (this.#settled) return;
    if (this.#fragments === undefined && complete) {
      this.#journal?.message('request', bytes, false, form);
      return;
    }
    // The first fragment says what the message is (RFC 6455 §5.4).
    if (this.#fragments === undefined) this.#form = form;
    this.#fragments ??= new BytesDigest();
    this.#fragments.update(data);
    if (!complete) return;
    this.#journal?.message('request', this.#fragments.finish(), false, this.#form);
    this.#fragments = undefined;
  }

  #onResponse(answer: IncomingMessage): void {
    this.#status = answer.statusCode ?? 0;
    this.#journal?.response(this.#status, headersOf(answer.rawHeaders));
  }

  /** Another answer than 101: an ordinary HTTP exchange. */
  #onRefusal(answer: IncomingMessage): void {
    this.#onResponse(answer);
    this.#journal?.end('request');
    const body = new BytesDigest();
    answer.on('data', (chunk: Buffer) => body.update(chunk));
    answer.on('error', (error) => this.#fail(failureOf(error)));
    answer.on('end', () => {
      if (body.length > 0) this.#journal?.message('response', body.finish());
      this.#journal?.end('response');
      this.#finish({ ok: false, error: `the WebSocket was refused with status ${this.#status}` });
      this.#socket.terminate();
    });
  }

  #onClose(close: WebSocketClose): void {
    if (this.#settled) return;
    if (close.code === ABNORMAL_CLOSE) {
      this.#fail(failureOf(Object.assign(new Error('the WebSocket was not closed'), { code: 'ECONNRESET' })));
      return;
    }
    // Who is closed answers with the same.
    this.#endRequest(close);
    this.#journal?.trailers('response', closeTrailers(close));
    this.#journal?.end('response');
    const expected = this.#call.webSocket?.close.code ?? 0;
    const usual = close.code === 1000 || close.code === expected;
    const reason = close.reason === '' ? '' : ` (${close.reason})`;
    const error = usual ? this.#pingFailure() : `the WebSocket was closed with ${close.code}${reason}`;
    this.#finish(error === undefined ? { ok: true } : { ok: false, error });
  }

  #startPinging(): void {
    const { pingMs } = this.#manner;
    if (pingMs === undefined) return;
    this.#pinging = setInterval(() => {
      if (this.#closing || this.#socket.readyState !== WebSocket.OPEN) return;
      this.#pings += 1;
      this.#socket.ping(String(this.#pings));
    }, pingMs);
  }

  /** Pongs come in order with everything else, so that all are here when the other side has closed. */
  #pingFailure(): string | undefined {
    if (this.#manner.pingMs === undefined) return undefined;
    if (this.#pings === 0) return 'the WebSocket was closed before the first ping';
    const missing = this.#pings - this.#pongs;
    return missing === 0 ? undefined : `${missing} of ${this.#pings} pings were not answered`;
  }

  #endRequest(close: WebSocketClose): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#journal?.trailers('request', closeTrailers(close));
    this.#journal?.end('request');
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    const journal = this.#journal ?? this.#begin(this.#callerJournal.newConnection());
    if (this.#fragments !== undefined) journal.partialMessage('request', this.#fragments.finish(), undefined);
    journal.reset(failure.code, failure.detail);
    this.#finish({ ok: false, ...gaveUp(failure), error: failure.error });
    this.#socket.terminate();
  }

  #finish(result: Pick<CallOutcome, 'ok' | 'error' | 'gaveUp'>): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    clearInterval(this.#pinging);
    this.#opened();
    this.#settle({
      id: this.#call.id,
      httpStatus: this.#status,
      ...(this.#status === 0 ? {} : { httpVersion: '1.1' as const }),
      durationMs: performance.now() - this.#startedAt,
      ...result,
    });
  }
}

/** Names in lower case, the library's own among them. */
function headersSent(request: ClientRequest): Header[] {
  return request
    .getHeaderNames()
    .flatMap((name) => [request.getHeader(name) ?? []].flat().map((value): Header => [name, String(value)]));
}

function fieldsOf(headers: readonly Header[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of headers) {
    const present = fields[name];
    fields[name] = present === undefined ? value : [present, value].flat();
  }
  return fields;
}
