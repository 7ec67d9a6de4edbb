import { type Client, type ClientDuplexStream, Metadata, type StatusObject } from '@grpc/grpc-js';
import { bytesOf } from '../../model/bytes.js';
import type { CallOutcome } from '../../model/call.js';
import { messageOf, UserError } from '../../model/errors.js';
import type { Header } from '../../model/journal.js';
import { encodeGrpcMessage } from '../../wire/grpc-message.js';
import type { CallerJournal, ExchangeJournal } from './caller-journal.js';
import type { CallStart, Exchange, OutgoingMessage } from './exchange.js';
import { cancelledFailure, gaveUpGrpc } from './failure.js';
import { type GrpcFailure, grpcFailureOf } from './grpc-failure.js';
import { grpcStatusError } from './grpc-status.js';
import { headerValue, withDefault } from './headers.js';

/**
 * One gRPC call. All four interactions go through grpc-js's bidirectional form, which puts the same bytes on the wire
 * and hands every message over when it arrives; that a unary answer has one message is checked here.
 */
export class GrpcExchange implements Exchange {
  readonly outcome: Promise<CallOutcome>;
  readonly #call: CallStart;
  readonly #connected: boolean;
  readonly #journal: ExchangeJournal;
  readonly #stream: ClientDuplexStream<Buffer, Buffer>;
  readonly #startedAt = performance.now();
  #settle: (outcome: CallOutcome) => void = () => undefined;
  #settled = false;
  #head: readonly Header[] | undefined;
  #headJournalled = false;
  #messages = 0;
  #status: StatusObject | undefined;
  #ended = false;
  #cancelled = false;

  /** `connection` is `undefined` if there is none: then the call will fail at once, and say why. `deadline` is epoch milliseconds. */
  constructor(
    client: Client,
    journal: CallerJournal,
    connection: number | undefined,
    call: CallStart,
    deadline: number,
  ) {
    this.#call = call;
    this.#connected = connection !== undefined;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const metadata = metadataOf(call.headers);
    this.#journal = journal.begin(connection ?? journal.newConnection(), {
      protocol: 'gRPC-over-HTTP/2',
      method: 'POST',
      path: call.path,
      authority: call.authority,
      headers: requestHeaders(metadata),
    });
    this.#stream = client.makeBidiStreamRequest(call.path, identity, identity, metadata, {
      deadline,
      host: call.authority,
    });
    this.#stream.on('metadata', (received: Metadata) => {
      this.#head = headersOf(received);
      // Where a proxy answers with something else than gRPC the HTTP status becomes known at the end only.
      if (headerValue(this.#head, 'content-type')?.startsWith('application/grpc') === true) this.#journalHead(200);
    });
    this.#stream.on('data', (message: Buffer) => {
      this.#journalHead(200);
      this.#messages += 1;
      this.#journal.message('response', bytesOf(message));
    });
    this.#stream.on('end', () => {
      this.#ended = true;
      this.#finishIfOver();
    });
    this.#stream.on('status', (status) => {
      this.#status = status;
      this.#finishIfOver();
    });
    // The status says the same.
    this.#stream.on('error', () => undefined);
  }

  send(message: OutgoingMessage, last: boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#stream.write(message.data, (error?: Error | null) => {
        if (error == null && this.#connected && !this.#settled) {
          this.#journal.message('request', message.bytes);
          if (last) this.#journal.end('request');
        }
        resolve();
      });
      if (last) this.#stream.end();
    });
  }

  end(): void {
    if (this.#connected && !this.#settled) this.#journal.end('request');
    this.#stream.end();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#stream.cancel();
  }

  #journalHead(httpStatus: number): void {
    if (this.#headJournalled) return;
    this.#headJournalled = true;
    this.#journal.response(httpStatus, this.#head ?? []);
  }

  /** The status may overtake messages that wait in the stream's buffer. */
  #finishIfOver(): void {
    const status = this.#status;
    if (status === undefined || !this.#ended || this.#settled) return;
    this.#settled = true;
    const failure = this.#failureOf(status);
    if (failure === undefined) this.#finishWithStatus(status);
    else {
      if (failure.httpStatus !== undefined || this.#head !== undefined) this.#journalHead(failure.httpStatus ?? 200);
      this.#journal.reset(failure.code, failure.detail);
      this.#finish({
        ok: false,
        httpStatus: failure.httpStatus ?? (this.#headJournalled ? 200 : 0),
        ...gaveUpGrpc(failure),
        error: failure.error,
      });
    }
  }

  /** What was cancelled may have been answered all the same, before the cancellation took effect. */
  #failureOf(status: StatusObject): GrpcFailure | undefined {
    if (this.#cancelled && status.code === CANCELLED) return cancelledFailure();
    return grpcFailureOf(status, this.#head !== undefined, this.#call.timeoutMs);
  }

  #finishWithStatus(status: StatusObject): void {
    const received = headersOf(status.metadata);
    const trailers: Header[] = [['grpc-status', String(status.code)]];
    if (status.details !== '') trailers.push(['grpc-message', encodeGrpcMessage(status.details)]);
    // Trailers-only: head and trailers are one block of headers.
    if (this.#head === undefined) this.#head = [...received, ...trailers];
    this.#journalHead(200);
    this.#journal.trailers('response', [...trailers, ...received.filter(([name]) => name !== 'content-type')]);
    this.#journal.end('response');
    const error = grpcStatusError(status.code, status.details) ?? this.#cardinalityError();
    this.#finish({
      ok: error === undefined,
      httpStatus: 200,
      grpcStatus: status.code,
      ...(status.details === '' ? {} : { grpcMessage: status.details }),
      ...(error === undefined ? {} : { error }),
    });
  }

  #cardinalityError(): string | undefined {
    return this.#call.grpc?.singleResponse === true && this.#messages !== 1
      ? `the answer has ${this.#messages} messages instead of one`
      : undefined;
  }

  #finish(result: Omit<CallOutcome, 'id' | 'httpVersion' | 'durationMs'>): void {
    this.#settle({
      id: this.#call.id,
      ...(this.#headJournalled ? { httpVersion: '2' as const } : {}),
      durationMs: performance.now() - this.#startedAt,
      ...result,
    });
  }
}

const CANCELLED = 1;
const identity = (message: Buffer): Buffer => message;

/** Binary metadata is base64 in a plan, as it is on the wire. */
function metadataOf(headers: readonly Header[]): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of headers) {
    try {
      metadata.add(name, name.toLowerCase().endsWith('-bin') ? Buffer.from(value, 'base64') : value);
    } catch (error) {
      throw new UserError(`The call cannot be made: ${messageOf(error)}`, { cause: error });
    }
  }
  return metadata;
}

/** As on the wire: binary values in base64. Values of one name stand together, as grpc-js keeps them. */
function headersOf(metadata: Metadata): Header[] {
  return Object.entries(metadata.toHttp2Headers()).flatMap(([name, value]) =>
    [value ?? []].flat().map((single): Header => [name, String(single)]),
  );
}

/** With what grpc-js adds and is known ahead; not `user-agent`, `grpc-timeout` and `grpc-accept-encoding`. */
function requestHeaders(metadata: Metadata): readonly Header[] {
  return withDefault(withDefault(headersOf(metadata), 'content-type', 'application/grpc'), 'te', 'trailers');
}
