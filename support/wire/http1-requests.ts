import type { ConnectionJournal } from './connection-journal.js';
import { type ConnectionEnd, type ConnectionStage, type Handover, resetOf } from './connection-stage.js';
import { Exchange, headerOf } from './exchange.js';
import {
  type Http1Head,
  Http1SyntaxError,
  parseChunkSize,
  parseRequestHead,
  parseTrailers,
  SyntaxReader,
} from './http1-syntax.js';
import { WebSocketStage } from './websocket-stage.js';

/** Bounds a request's head, and its trailers. Real servers stop between 8 and 64 KiB. */
const LARGEST_HEAD_BYTES = 256 * 1024;
const LARGEST_CHUNK_LINE_BYTES = 16 * 1024;

const CR = 0x0d;
const LF = 0x0a;

type State = 'between' | 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'broken';

/**
 * Journals the requests of an HTTP/1.1 connection (RFC 9112): pipelined or not, with bodies of a given length or
 * chunked.
 *
 * Not Node's own parser, because that cannot be had without its server: it stops reading pipelined requests until the
 * ones before are answered, decides for itself when to pause and when to close, reports bodies in later turns of the
 * event loop (so that "everything is written when `end` returns" could not be promised), and gives up the connection at
 * an `Upgrade` although the client may well go on in HTTP/1.1. The request direction by itself is a small grammar.
 */
export class Http1Requests implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  readonly #largestMessage: number;
  #state: State = 'between';
  readonly #head = new SyntaxReader('empty-line', LARGEST_HEAD_BYTES);
  readonly #chunkLine = new SyntaxReader('line', LARGEST_CHUNK_LINE_BYTES);
  #exchange: Exchange | undefined;
  #upgrade: Http1Head['upgrade'] = 'none';
  /** Offers to become a WebSocket. */
  #webSocket: Exchange | undefined;
  /** Bytes of the body or chunk that are still to come. */
  #remaining = 0;

  constructor(journal: ConnectionJournal, largestMessage: number) {
    this.#journal = journal;
    this.#largestMessage = largestMessage;
  }

  push(data: Buffer): Handover | undefined {
    let at = 0;
    while (at < data.length) {
      switch (this.#state) {
        case 'between':
          // Empty lines before a request line are to be ignored (RFC 9112 §2.2).
          if (data[at] === CR || data[at] === LF) at++;
          else this.#state = 'head';
          break;
        case 'head':
          at = this.#element(this.#head, data, at, 'the head of a request', (head) =>
            this.#begin(parseRequestHead(head)),
          );
          break;
        case 'length':
          at = this.#content(data, at, () => this.#endRequest());
          break;
        case 'chunk-size':
          at = this.#element(this.#chunkLine, data, at, 'the line of a chunk', (line) =>
            this.#beginChunk(parseChunkSize(line)),
          );
          break;
        case 'chunk':
          at = this.#content(data, at, () => {
            this.#state = 'chunk-end';
          });
          break;
        case 'chunk-end':
          at = this.#element(this.#chunkLine, data, at, 'the end of a chunk', (line) => {
            if (line.length > 2 || (line.length === 2 && line[0] !== CR))
              throw new Http1SyntaxError('a chunk that does not end where it should');
            this.#state = 'chunk-size';
          });
          break;
        case 'trailers':
          at = this.#element(this.#head, data, at, 'the trailers of a request', (section) => {
            const trailers = parseTrailers(section);
            if (trailers.length > 0) this.#exchange?.trailers(trailers);
            this.#endRequest();
          });
          break;
        case 'broken':
          this.#journal.undecoded('malformed', data.subarray(at));
          return undefined;
      }
      if (this.#webSocket !== undefined) {
        return { next: new WebSocketStage(this.#journal, this.#webSocket), data: data.subarray(at) };
      }
      if (this.#state === 'between' && this.#upgrade !== 'none') {
        return { next: this.#upgrade === 'tunnel' ? 'upgraded' : 'after-upgrade', data: data.subarray(at) };
      }
    }
    return undefined;
  }

  flush(): void {
    this.#journal.writeUndecoded();
  }

  end(how: ConnectionEnd, detail: string | undefined): void {
    this.#exchange?.breakOff(...resetOf(how, detail));
    this.#exchange = undefined;
    for (const { kept } of [this.#head, this.#chunkLine]) {
      if (kept.length > 0 && this.#state !== 'broken') {
        const what = this.#state === 'head' ? 'head' : 'body';
        this.#journal.undecoded('malformed', kept, `the connection ended within the ${what} of a request`);
      }
    }
  }

  /** Takes one syntactic element, if it is complete. */
  #element(reader: SyntaxReader, data: Buffer, at: number, what: string, take: (element: Buffer) => void): number {
    const found = reader.read(data, at);
    if (found === 'more') return data.length;
    if (found === 'too-long') {
      this.#break(`${what} is too long`, reader.kept);
      return at;
    }
    try {
      take(found.element);
    } catch (error) {
      if (!(error instanceof Http1SyntaxError)) throw error;
      this.#break(error.message, found.element);
    }
    return found.next;
  }

  #begin(head: Http1Head): void {
    this.#exchange = new Exchange(
      this.#journal,
      {
        httpVersion: '1.1',
        method: head.method,
        path: head.target,
        authority: headerOf(head.headers, 'host'),
        headers: head.headers,
      },
      this.#largestMessage,
    );
    this.#upgrade = head.upgrade;
    if (head.upgrade === 'offered' && this.#exchange.isWebSocket && head.body.kind === 'none') {
      this.#webSocket = this.#exchange;
      this.#exchange = undefined;
      this.#state = 'between';
      return;
    }
    if (head.upgrade === 'tunnel' || head.body.kind === 'none') {
      this.#endRequest();
    } else if (head.body.kind === 'length') {
      this.#state = 'length';
      this.#remaining = head.body.length;
    } else {
      this.#state = 'chunk-size';
    }
  }

  #beginChunk(size: number): void {
    this.#remaining = size;
    this.#state = size === 0 ? 'trailers' : 'chunk';
  }

  #content(data: Buffer, at: number, complete: () => void): number {
    const take = Math.min(this.#remaining, data.length - at);
    this.#exchange?.data(data.subarray(at, at + take));
    this.#remaining -= take;
    if (this.#remaining === 0) complete();
    return at + take;
  }

  #endRequest(): void {
    this.#exchange?.end();
    this.#exchange = undefined;
    this.#state = 'between';
  }

  #break(detail: string, element: Buffer): void {
    this.#state = 'broken';
    this.#journal.undecoded('malformed', element, detail);
    this.#exchange?.breakOff('malformed', detail);
    this.#exchange = undefined;
  }
}
