import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Header } from '../../model/journal.js';
import type { AnswerHead, Carrier } from './server-exchange.js';
import { type ConnectionJournal, headersOf } from './server-journal.js';

/** An exchange over HTTP/1.1. All headers of the answer are set here, so that the journal has what is on the wire. */
export class Http1Carrier implements Carrier {
  readonly version = '1.1';
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: ConnectionJournal;
  #written = false;

  constructor(request: IncomingMessage, response: ServerResponse, connection: ConnectionJournal) {
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
    // A client that goes away is told by `close`.
    request.on('error', () => {});
    response.on('error', () => {});
  }

  receive(onData: (chunk: Buffer) => void, onEnd: (trailers: readonly Header[]) => void): void {
    this.#request.on('data', onData);
    this.#request.once('end', () => onEnd(headersOf(this.#request.rawTrailers)));
  }

  pause(): void {
    this.#request.pause();
  }

  resume(): void {
    this.#request.resume();
  }

  framed({ status, headers, body, trailers }: AnswerHead): readonly Header[] {
    const modern = this.#request.httpVersion !== '1.0';
    const connection: Header = ['connection', this.#response.shouldKeepAlive ? 'keep-alive' : 'close'];
    const sized = headers.some(([name]) => name === 'content-length');
    if (!body) {
      const silent = this.#request.method === 'HEAD' || status === 204 || status === 304;
      return sized || silent ? [...headers, connection] : [...headers, ['content-length', '0'], connection];
    }
    if (trailers.length > 0 && modern) {
      return [...headers, ['trailer', trailers.join(', ')], ['transfer-encoding', 'chunked'], connection];
    }
    if (sized) return [...headers, connection];
    // To HTTP/1.0 the end of the connection is the end of the body.
    return modern ? [...headers, ['transfer-encoding', 'chunked'], connection] : [...headers, ['connection', 'close']];
  }

  respond({ status, headers, body }: AnswerHead): void {
    this.#response.sendDate = false;
    this.#response.writeHead(status, headers.flat());
    if (!body) {
      this.#response.end();
      return;
    }
    // Node keeps the head until the first piece of the body. One that is late must not delay the head; one that is at
    // hand shares its segment.
    setImmediate(() => {
      if (!this.#written && !this.#response.destroyed) this.#response.flushHeaders();
    });
  }

  write(chunk: Uint8Array): boolean {
    this.#written = true;
    return this.#response.write(chunk);
  }

  onceDrained(listener: () => void): void {
    this.#response.once('drain', listener);
  }

  onceOver(listener: (broken: { readonly code: string; readonly detail?: string } | undefined) => void): void {
    this.#response.once('close', () => {
      if (this.#response.writableFinished) listener(undefined);
      else listener({ code: this.#connection.lossCode, detail: this.#connection.lossDetail });
    });
  }

  end(trailers: readonly Header[]): void {
    this.#written = true;
    if (trailers.length > 0)
      this.#response.addTrailers(trailers.map(([name, value]) => [name, value] as [string, string]));
    this.#response.end();
  }

  breakOff(): void {
    this.#response.destroy();
  }
}
