import type { Readable, Writable } from 'node:stream';
import type { Fields } from '../headers.js';
import type { LocalReply } from '../local-reply.js';

/** A request in the terms of HTTP/2, whatever version it came in, and the way back to its client. */
export interface Near {
  /** With `:method`, `:path`, `:scheme` and `:authority`; without what concerns one connection only. */
  readonly request: Fields;
  readonly hasBody: boolean;
  readonly body: Readable;
  /** Of the request, known when its body has ended. */
  trailers(): Fields;
  /** Begins the response. `fields` have `:status`. */
  respond(fields: Fields, withoutBody: boolean): void;
  /** Takes the body of the response. */
  readonly answer: Writable;
  /** Ends the response. */
  finish(trailers: Fields): void;
  /** Whether a response has begun, or nobody waits for one. */
  readonly settled: boolean;
  /** Answers in place of the application. */
  reply(reply: LocalReply): void;
  /** A response that has begun cannot be completed. */
  breakOff(): void;
  /** Calls once when the client is gone, or has its response. */
  onClose(gone: () => void): void;
}
