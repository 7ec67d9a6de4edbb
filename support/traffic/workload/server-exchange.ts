import type { Header } from '../../model/journal.js';
import { type BodyLog, GrpcBodyLog, PlainBodyLog } from './body-log.js';
import { type ExchangeJournal, headerOf, type RequestHead } from './server-journal.js';

/** What receives a request's body. */
export interface BodySink {
  data(chunk: Buffer): void;
  /** The request is complete. */
  end(): void;
}

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: readonly Header[];
  /** Whether a body follows; otherwise the answer is complete. */
  readonly body: boolean;
  /** Names of the trailers that follow the body. */
  readonly trailers: readonly string[];
}

/** What carries an exchange: HTTP/1.1 or HTTP/2. */
export interface Carrier {
  readonly version: '1.1' | '2';
  receive(onData: (chunk: Buffer) => void, onEnd: (trailers: readonly Header[]) => void): void;
  pause(): void;
  resume(): void;
  /** The headers with those that the protocol needs for what follows them. */
  framed(answer: AnswerHead): readonly Header[];
  respond(answer: AnswerHead): void;
  write(chunk: Uint8Array): boolean;
  onceDrained(listener: () => void): void;
  /** Called when the exchange is over: `undefined` if its answer went out, the reason otherwise. */
  onceOver(listener: (broken: { readonly code: string; readonly detail?: string } | undefined) => void): void;
  end(trailers: readonly Header[]): void;
  /** Ends the exchange in a way that tells the client that it is not complete. */
  breakOff(): void;
}

/** One HTTP request that is being answered. Everything that passes is journalled. */
export class ServerExchange {
  readonly head: RequestHead;
  readonly version: '1.1' | '2';
  /** The client's address. */
  readonly peer: string;
  /** False if the request's head says that no body follows. */
  readonly hasBody: boolean;
  readonly #carrier: Carrier;
  readonly #journal: ExchangeJournal;
  readonly #requestLog: BodyLog;
  #responseLog: BodyLog | undefined;
  #trailers: readonly Header[] = [];
  #onBroken: (() => void) | undefined;
  #broken = false;

  constructor(
    carrier: Carrier,
    journal: ExchangeJournal,
    request: { readonly head: RequestHead; readonly peer: string; readonly hasBody: boolean },
  ) {
    this.#carrier = carrier;
    this.#journal = journal;
    this.head = request.head;
    this.peer = request.peer;
    this.hasBody = request.hasBody;
    this.version = carrier.version;
    this.#requestLog = logFor(journal, 'request', request.head.headers);
    journal.breakableBy(() => carrier.breakOff());
    carrier.onceOver((broken) => {
      if (!journal.hasEnded('request')) this.#requestLog.cut();
      if (broken === undefined) return;
      if (!journal.hasEnded('response')) this.#responseLog?.cut();
      journal.reset(broken.code, broken.detail);
      this.#broken = true;
      this.#onBroken?.();
    });
  }

  header(name: string): string | undefined {
    return headerOf(this.head.headers, name);
  }

  /** True once the client is gone; answers are then ignored. */
  get broken(): boolean {
    return this.#broken;
  }

  onceBroken(listener: () => void): void {
    this.#onBroken = listener;
  }

  /** Reads the request's body. */
  receive(sink: BodySink): void {
    this.#carrier.receive(
      (chunk) => {
        this.#requestLog.push(chunk);
        sink.data(chunk);
      },
      (trailers) => {
        this.#requestLog.complete();
        if (trailers.length > 0) this.#journal.trailers('request', trailers);
        this.#journal.end('request');
        sink.end();
      },
    );
  }

  pause(): void {
    this.#carrier.pause();
  }

  resume(): void {
    this.#carrier.resume();
  }

  /** Sends the head of the answer. Without a `body` the answer is complete with it. */
  respond(
    status: number,
    headers: readonly Header[],
    { body = true, trailers = [] }: { readonly body?: boolean; readonly trailers?: readonly Header[] } = {},
  ): void {
    if (this.#broken) return;
    const dated: readonly Header[] =
      headerOf(headers, 'date') === undefined ? [...headers, ['date', new Date().toUTCString()]] : headers;
    const names = trailers.map(([name]) => name);
    const answer: AnswerHead = { status, headers: dated, body: body || trailers.length > 0, trailers: names };
    const framed = { ...answer, headers: this.#carrier.framed(answer) };
    this.#journal.response(status, framed.headers);
    this.#trailers = trailers;
    this.#responseLog = logFor(this.#journal, 'response', headers);
    if (!answer.body) this.#endJournal(grpcStatusIn(headers));
    this.#carrier.respond(framed);
  }

  /** A promise if the client does not take more for now. */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#broken) return undefined;
    this.#responseLog?.push(chunk as Buffer);
    return this.#carrier.write(chunk) ? undefined : new Promise((resolve) => this.#carrier.onceDrained(resolve));
  }

  end(): void {
    if (this.#broken) return;
    this.#responseLog?.complete();
    this.#endJournal(this.#trailers);
    this.#carrier.end(this.#trailers);
  }

  #endJournal(trailers: readonly Header[]): void {
    if (trailers.length > 0) this.#journal.trailers('response', trailers);
    this.#journal.end('response');
  }
}

/** gRPC's trailers-only answers: one head that also holds the status. */
function grpcStatusIn(headers: readonly Header[]): readonly Header[] {
  return headers.filter(([name]) => name === 'grpc-status' || name === 'grpc-message');
}

function logFor(journal: ExchangeJournal, direction: 'request' | 'response', headers: readonly Header[]): BodyLog {
  const type = headerOf(headers, 'content-type') ?? '';
  if (type.startsWith('application/grpc')) {
    const text = type.startsWith('application/grpc-web-text');
    return new GrpcBodyLog(journal, direction, headerOf(headers, 'grpc-encoding'), text);
  }
  return new PlainBodyLog(journal, direction, headers);
}
