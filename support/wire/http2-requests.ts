import type { Header } from '../model/journal.js';
import type { ConnectionJournal, RawReason } from './connection-journal.js';
import { type ConnectionEnd, type ConnectionStage, resetOf } from './connection-stage.js';
import { Exchange, headerOf, type RequestHead, writeReset } from './exchange.js';
import { HpackDecoder, HpackError } from './hpack.js';
import { type Http2FrameHandler, Http2FrameParser } from './http2-frames.js';
import { http2ErrorName } from './http2-names.js';

/** Beyond this many unfinished requests the oldest is given up: the other side must have ended it long ago. */
const MOST_OPEN_REQUESTS = 16_384;
/** Finished requests are remembered, in this number, because the client may still cancel the answer. */
const MOST_FINISHED_REQUESTS = 65_536;

/**
 * Journals the requests of an HTTP/2 connection (RFC 9113) from the client's frames alone. It is more patient than a
 * server: what a server would punish with a GOAWAY is kept as undecoded bytes, and decoding goes on as long as the
 * frames and the HPACK state are sound.
 */
export class Http2Requests implements ConnectionStage, Http2FrameHandler {
  readonly #journal: ConnectionJournal;
  readonly #largestMessage: number;
  readonly #parser = new Http2FrameParser(this);
  readonly #hpack = new HpackDecoder();
  /** Requests that are not complete, by stream. */
  readonly #open = new Map<number, Exchange>();
  /** Numbers of the exchanges whose request is complete, by stream. */
  readonly #finished = new Map<number, number>();
  #lastStream: number;
  #undecodedReason: RawReason = 'malformed';

  /**
   * `lastStream` is the highest stream that was used before: 1 after an upgrade from HTTP/1.1, whose request is the first stream (RFC 7540 §3.2).
   */
  constructor(journal: ConnectionJournal, largestMessage: number, lastStream: 0 | 1) {
    this.#journal = journal;
    this.#largestMessage = largestMessage;
    this.#lastStream = lastStream;
  }

  push(data: Buffer): undefined {
    this.#parser.push(data);
  }

  flush(): void {
    this.#journal.writeUndecoded();
  }

  end(how: ConnectionEnd, detail: string | undefined): void {
    this.#breakOffAll(...resetOf(how, detail));
    const pending = this.#parser.pending();
    if (pending !== undefined) this.#journal.undecoded('malformed', pending.data, pending.detail);
  }

  headers(stream: number, block: Buffer, endStream: boolean): void {
    let headers: Header[];
    try {
      headers = this.#hpack.decode(block);
    } catch (error) {
      if (!(error instanceof HpackError)) throw error;
      this.#parser.stop();
      const reason = error.fault === 'missing-entry' ? 'hpack-state-missing' : 'malformed';
      this.#giveUp(reason, `the headers of stream ${stream}: ${error.message}`);
      this.#journal.undecoded(reason, block);
      return;
    }
    const open = this.#open.get(stream);
    if (open !== undefined) {
      open.trailers(headers.filter(([name]) => !name.startsWith(':')));
      if (endStream) this.endStream(stream);
    } else if (stream > this.#lastStream) {
      this.#lastStream = stream;
      this.#begin(stream, headers);
      if (endStream) this.endStream(stream);
    } else {
      this.#journal.undecoded('malformed', block, `HEADERS on stream ${stream}, which is over`);
    }
  }

  data(stream: number, content: Buffer): void {
    const open = this.#open.get(stream);
    if (open !== undefined) open.data(content);
    else this.#journal.undecoded('malformed', content, `DATA on stream ${stream}, which is not open`);
  }

  endStream(stream: number): void {
    const exchange = this.#open.get(stream);
    if (exchange === undefined) return;
    exchange.end();
    this.#open.delete(stream);
    this.#finished.set(stream, exchange.number);
    if (this.#finished.size > MOST_FINISHED_REQUESTS) {
      const [oldest = stream] = this.#finished.keys();
      this.#finished.delete(oldest);
    }
  }

  resetStream(stream: number, errorCode: number): void {
    const code = http2ErrorName(errorCode);
    const finished = this.#finished.get(stream);
    if (finished !== undefined) writeReset(this.#journal, finished, code);
    else this.#open.get(stream)?.breakOff(code);
    this.#finished.delete(stream);
    this.#open.delete(stream);
  }

  malformed(detail: string): void {
    this.#giveUp('malformed', detail);
  }

  undecoded(data: Buffer): void {
    this.#journal.undecoded(this.#undecodedReason, data);
  }

  #begin(stream: number, headers: readonly Header[]): void {
    this.#open.set(stream, new Exchange(this.#journal, requestHeadOf(headers), this.#largestMessage));
    if (this.#open.size > MOST_OPEN_REQUESTS) {
      const [[oldest, exchange] = []] = this.#open;
      exchange?.breakOff('lost', `more than ${MOST_OPEN_REQUESTS} requests were left unfinished`);
      if (oldest !== undefined) this.#open.delete(oldest);
    }
  }

  /** Nothing of the connection can be decoded from here on. */
  #giveUp(reason: RawReason, detail: string): void {
    this.#undecodedReason = reason;
    this.#journal.undecoded(reason, Buffer.alloc(0), detail);
    this.#breakOffAll(reason, detail);
  }

  #breakOffAll(code: string, detail: string): void {
    for (const exchange of this.#open.values()) exchange.breakOff(code, detail);
    this.#open.clear();
  }
}

/** Takes the pseudo header fields (RFC 9113 §8.3.1) out of a header list. A missing one is an empty string. */
function requestHeadOf(headers: readonly Header[]): RequestHead {
  const regular: Header[] = [];
  const pseudo = new Map<string, string>();
  for (const header of headers) {
    const [name, value] = header;
    if (name.startsWith(':')) pseudo.set(name, value);
    else regular.push(name === name.toLowerCase() ? header : [name.toLowerCase(), value]);
  }
  return {
    httpVersion: '2',
    method: pseudo.get(':method') ?? '',
    path: pseudo.get(':path') ?? '',
    authority: pseudo.get(':authority') ?? headerOf(regular, 'host'),
    headers: regular,
  };
}
