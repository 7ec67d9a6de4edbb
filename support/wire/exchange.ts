import { bodyFramingOf } from '../model/body-framing.js';
import { CALL_ID_HEADER, type Header } from '../model/journal.js';
import { protocolSpoken } from '../model/protocol.js';
import type { ConnectionJournal } from './connection-journal.js';
import {
  type BodyHandler,
  DelimitedBody,
  GrpcBody,
  GrpcWebTextBody,
  type MessageBody,
  WebSocketBody,
} from './message-bodies.js';

/** The head of a request as it came over HTTP; pseudo header fields are taken out of `headers`. */
export interface RequestHead {
  readonly httpVersion: '1.1' | '2';
  readonly method: string;
  readonly path: string;
  readonly authority: string | undefined;
  readonly headers: readonly Header[];
}

/** Writes the request direction of one exchange into the journal, as it arrives. */
export class Exchange {
  readonly number: number;
  readonly #journal: ConnectionJournal;
  readonly #body: MessageBody;
  #messages = 0;
  #bodyEnded = false;
  /** The last record of the exchange is written. */
  #over = false;

  /** Writes the `request` record. */
  constructor(journal: ConnectionJournal, head: RequestHead, largestMessage: number) {
    this.number = journal.nextExchange();
    this.#journal = journal;
    const form = bodyFormOf(head);
    const call = headerOf(head.headers, CALL_ID_HEADER);
    journal.write({
      kind: 'request',
      exchange: this.number,
      ...(call === undefined ? {} : { call }),
      protocol: protocolSpoken(head.httpVersion, head.headers),
      method: head.method,
      path: head.path,
      ...(head.authority === undefined ? {} : { authority: head.authority }),
      headers: head.headers,
    });
    this.#body = this.#bodyOf(form, head, largestMessage);
  }

  /** It offered to become a WebSocket; what comes behind its head are frames if the server agreed. */
  get isWebSocket(): boolean {
    return this.#body instanceof WebSocketBody;
  }

  data(content: Uint8Array): void {
    if (this.#bodyEnded) this.#journal.undecoded('malformed', content, 'content after the trailers');
    else this.#body.push(content);
  }

  trailers(headers: readonly Header[]): void {
    this.#endBody();
    if (!this.#over) this.#writeTrailers(headers);
  }

  /** The client has said all it had to say. */
  end(): void {
    this.#endBody();
    if (!this.#over) this.#journal.write({ kind: 'end', exchange: this.number, direction: 'request' });
    this.#over = true;
  }

  /** The request was broken off before its end. */
  breakOff(code: string, detail?: string): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.#bodyEnded) this.#writePartial();
    writeReset(this.#journal, this.number, code, detail);
  }

  #endBody(): void {
    if (this.#over || this.#bodyEnded) return;
    this.#body.end();
    // Its last bytes may just have turned out to be malformed.
    if (this.#over) return;
    this.#bodyEnded = true;
    this.#writePartial();
  }

  #writePartial(): void {
    const partial = this.#body.takePartial();
    if (partial === undefined) return;
    this.#journal.write({
      kind: 'partial-message',
      exchange: this.number,
      direction: 'request',
      index: this.#messages,
      ...partial,
    });
  }

  #writeTrailers(headers: readonly Header[]): void {
    this.#journal.write({ kind: 'trailers', exchange: this.number, direction: 'request', headers });
  }

  #bodyOf(form: BodyForm, head: RequestHead, largestMessage: number): MessageBody {
    const handler: BodyHandler = {
      message: (body, compressed, form) =>
        this.#journal.write({
          kind: 'message',
          exchange: this.number,
          direction: 'request',
          index: this.#messages++,
          body,
          ...(compressed ? { compressed } : {}),
          ...(form === undefined ? {} : { form }),
        }),
      trailers: (headers) => {
        if (headers.length > 0) this.#writeTrailers(headers);
      },
      closed: () => this.end(),
      malformed: (detail) => {
        this.#over = true;
        this.#writePartial();
        writeReset(this.#journal, this.number, 'malformed', detail);
        this.#journal.undecoded('malformed', Buffer.alloc(0), detail);
      },
      undecoded: (data) => this.#journal.undecoded('malformed', data),
    };
    const grpc = { largestMessage, encoding: headerOf(head.headers, 'grpc-encoding') };
    switch (form) {
      case 'websocket':
        return new WebSocketBody(handler, largestMessage);
      case 'plain':
        return new DelimitedBody(bodyFramingOf(head.headers), handler, {
          contentLength: announcedLength(head.headers),
          largestMessage,
        });
      case 'grpc':
        return new GrpcBody(handler, { web: false, ...grpc });
      case 'grpc-web':
        return new GrpcBody(handler, { web: true, ...grpc });
      case 'grpc-web-text':
        return new GrpcWebTextBody(handler, grpc);
    }
  }
}

export function writeReset(journal: ConnectionJournal, exchange: number, code: string, detail?: string): void {
  journal.write({ kind: 'reset', exchange, code, ...(detail === undefined ? {} : { detail }) });
}

export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find((header) => header[0] === name)?.[1];
}

type BodyForm = 'plain' | 'websocket' | 'grpc' | 'grpc-web' | 'grpc-web-text';

/** Native gRPC needs HTTP/2; over HTTP/1.1 its content type is nothing but a content type. */
function bodyFormOf({ httpVersion, headers }: RequestHead): BodyForm {
  if (protocolSpoken(httpVersion, headers) === 'WebSocket') return 'websocket';
  const type = headerOf(headers, 'content-type');
  if (type === undefined) return 'plain';
  const match = /^application\/grpc(-web|-web-text)?(?:[+;\s]|$)/i.exec(type);
  if (match === null) return 'plain';
  switch (match[1]?.toLowerCase()) {
    case '-web':
      return 'grpc-web';
    case '-web-text':
      return 'grpc-web-text';
    default:
      return httpVersion === '2' ? 'grpc' : 'plain';
  }
}

function announcedLength(headers: readonly Header[]): number | undefined {
  const text = headerOf(headers, 'content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
