import { bytesOf } from '../../model/bytes.js';
import type { Header } from '../../model/journal.js';
import { Base64Segments } from '../../wire/base64-segments.js';
import { decodeGrpcWebTrailers, encodeGrpcFrame, GRPC_PREFIX_BYTES, GrpcFrameParser } from '../../wire/grpc-framing.js';
import { decodeGrpcMessage } from '../../wire/grpc-message.js';
import type { Answer, AnswerResult } from './answer.js';
import type { ExchangeJournal } from './caller-journal.js';
import type { CallStart, Exchange } from './exchange.js';
import { grpcStatusError } from './grpc-status.js';
import { headerValue, withDefault } from './headers.js';
import { Http1Client } from './http1-client.js';
import { type Http1Carriage, Http1Exchange } from './http1-exchange.js';

/** gRPC-Web over HTTP/1.1: unary and server-streaming, binary or text form. Source: gRPC "PROTOCOL-WEB.md". */
export class GrpcWebClient extends Http1Client {
  override async start(call: CallStart): Promise<Exchange> {
    const form = call.grpc?.webForm ?? 'binary';
    const type = form === 'text' ? 'application/grpc-web-text+proto' : 'application/grpc-web+proto';
    let headers = withDefault(call.headers, 'content-type', type);
    headers = withDefault(headers, 'accept', type);
    headers = withDefault(headers, 'x-grpc-web', '1');
    headers = withDefault(headers, 'grpc-timeout', `${Math.ceil(call.timeoutMs)}m`);
    const contentLength = call.contentLength === undefined ? undefined : framedLength(call.contentLength, form);
    const carriage = call.grpc?.singleResponse === true ? SINGLE[form] : STREAM[form];
    return new Http1Exchange(this.connections, this.journal, { ...call, headers, contentLength }, carriage);
  }
}

/** A gRPC-Web response: frames of messages, then one of trailers; or a head that holds the trailers (trailers-only). */
class GrpcWebAnswer implements Answer {
  readonly #journal: ExchangeJournal;
  readonly #single: boolean;
  readonly #frames = new GrpcFrameParser();
  #text: Base64Segments | undefined;
  #malformed: string | undefined;
  #status = 0;
  #head: readonly Header[] = [];
  #isGrpcWeb = false;
  #messages = 0;
  #trailers: readonly Header[] | undefined;

  constructor(journal: ExchangeJournal, single: boolean) {
    this.#journal = journal;
    this.#single = single;
  }

  head(status: number, headers: readonly Header[]): void {
    this.#journal.response(status, headers);
    this.#status = status;
    this.#head = headers;
    const type = headerValue(headers, 'content-type') ?? '';
    this.#isGrpcWeb = type.startsWith('application/grpc-web');
    // The server decides on the form of the answer.
    if (type.startsWith('application/grpc-web-text')) this.#text = this.#textDecoder();
  }

  data(chunk: Buffer): void {
    if (!this.#isGrpcWeb) return;
    if (this.#text === undefined) this.#decoded(chunk);
    else this.#text.push(chunk);
  }

  complete(): AnswerResult {
    this.#text?.end();
    this.cut();
    // Trailers-only: "the status is in the head of the response" where there is no body.
    const inHead = this.#head.filter(([name]) => name === 'grpc-status' || name === 'grpc-message');
    const trailers = this.#trailers ?? (headerValue(inHead, 'grpc-status') === undefined ? undefined : inHead);
    if (trailers !== undefined) this.#journal.trailers('response', trailers);
    this.#journal.end('response');
    const status = trailers === undefined ? undefined : headerValue(trailers, 'grpc-status');
    if (trailers === undefined || status === undefined) return { error: this.#withoutStatus() };
    const grpcStatus = Number(status);
    const grpcMessage = decodeGrpcMessage(headerValue(trailers, 'grpc-message') ?? '');
    const error = this.#errorOf(grpcStatus, grpcMessage);
    return { grpcStatus, ...(grpcMessage === '' ? {} : { grpcMessage }), ...(error === undefined ? {} : { error }) };
  }

  cut(): void {
    const rest = this.#frames.rest();
    if (rest !== undefined) this.#journal.partialMessage('response', bytesOf(rest.data), rest.expectedLength);
  }

  #textDecoder(): Base64Segments {
    return new Base64Segments({
      decoded: (data) => this.#decoded(data),
      malformed: (detail) => {
        this.#malformed = detail;
      },
      undecoded: () => undefined,
    });
  }

  #decoded(data: Buffer): void {
    for (const frame of this.#frames.push(data)) {
      if (frame.trailers) this.#trailers = decodeGrpcWebTrailers(frame.data);
      else {
        this.#messages += 1;
        this.#journal.message('response', bytesOf(frame.data), frame.compressed);
      }
    }
  }

  #errorOf(status: number, message: string): string | undefined {
    if (status !== 0) return grpcStatusError(status, message);
    if (this.#frames.rest() !== undefined) return 'the answer ended within a message';
    if (this.#single && this.#messages !== 1) return `the answer has ${this.#messages} messages instead of one`;
    return undefined;
  }

  #withoutStatus(): string {
    if (this.#malformed !== undefined) return `the answer's text form is malformed: ${this.#malformed}`;
    if (this.#status !== 200) return `the answer's HTTP status is ${this.#status}`;
    if (!this.#isGrpcWeb) {
      return `the answer is no gRPC-Web: its content-type is ${headerValue(this.#head, 'content-type') ?? 'missing'}`;
    }
    return 'the answer ended without a gRPC status';
  }
}

function carriage(form: 'binary' | 'text', single: boolean): Http1Carriage {
  return {
    protocol: 'gRPC-over-HTTP/1.1',
    encode: (message) => {
      const frame = encodeGrpcFrame(message);
      return form === 'binary' ? frame : Buffer.from(frame.toString('base64'), 'latin1');
    },
    answer: (journal) => new GrpcWebAnswer(journal, single),
    emptyMessageCounts: true,
  };
}

const SINGLE = { binary: carriage('binary', true), text: carriage('text', true) };
const STREAM = { binary: carriage('binary', false), text: carriage('text', false) };

/** Bytes of one message in its frame and form. */
function framedLength(messageLength: number, form: 'binary' | 'text'): number {
  const frame = messageLength + GRPC_PREFIX_BYTES;
  return form === 'binary' ? frame : Math.ceil(frame / 3) * 4;
}
