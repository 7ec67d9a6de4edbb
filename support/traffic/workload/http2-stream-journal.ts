import type { OutgoingHttpHeaders, ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2';
import { constants } from 'node:http2';
import type { Header } from '../../model/journal.js';
import { protocolSpoken } from '../../model/protocol.js';
import { http2ErrorName } from '../../wire/http2-names.js';
import { resetStream } from '../../wire/reset-stream.js';
import { type BodyLog, GrpcBodyLog, PlainBodyLog } from './body-log.js';
import { type ConnectionJournal, type ExchangeJournal, headerOf, headersOf } from './server-journal.js';

/** What Node tells of a new HTTP/2 stream. */
export interface StreamHead {
  readonly stream: ServerHttp2Stream;
  /** Names and values in wire order. */
  readonly rawHeaders: readonly string[];
}

/**
 * Journals everything that passes through an HTTP/2 stream that somebody else serves. It listens beside the server and
 * looks at what the server writes; it changes neither. To be called before the server has seen the stream.
 */
export function journalStream({ stream, rawHeaders }: StreamHead, connection: ConnectionJournal): void {
  const headers = headersOf(rawHeaders);
  const protocol = protocolSpoken('2', headers);
  const exchange = connection.begin({
    protocol,
    method: pseudoHeader(rawHeaders, ':method') ?? '',
    path: pseudoHeader(rawHeaders, ':path') ?? '',
    authority: pseudoHeader(rawHeaders, ':authority'),
    headers,
  });
  const request =
    protocol === 'gRPC-over-HTTP/2'
      ? new GrpcBodyLog(exchange, 'request', headerOf(headers, 'grpc-encoding'))
      : new PlainBodyLog(exchange, 'request', []);
  exchange.breakableBy(() => resetStream(stream, constants.NGHTTP2_INTERNAL_ERROR));
  journalRequest(stream, exchange, request);
  const response = new GrpcBodyLog(exchange, 'response', undefined);
  journalResponse(stream, exchange, response);
  stream.once('close', () => {
    if (!exchange.hasEnded('request')) request.cut();
    // Trailers are sent when all before them is, so that the answer is complete then.
    if (exchange.hasEnded('response')) return;
    response.cut();
    const { code, detail } = resetOf(stream, connection);
    exchange.reset(code, detail);
  });
}

/**
 * Whether the client has half-closed a stream. A reset makes the stream `end` as well, and so does the server's own end
 * of an answer that comes early; but Node has closed the stream when it ends for these. To be called when the stream is
 * new; by then all of a short request may have come, if it was in one segment.
 */
export function watchHalfClose(stream: ServerHttp2Stream): () => boolean {
  // Node tells of a stream a turn after its head was read; its end may have been read by then.
  let halfClosed = stream.endAfterHeaders || stream.state.remoteClose === 1;
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !stream.closed) halfClosed = true;
    return push(chunk, encoding);
  };
  return () => halfClosed;
}

function journalRequest(stream: ServerHttp2Stream, exchange: ExchangeJournal, body: BodyLog): void {
  let trailers: readonly Header[] | undefined;
  const halfClosed = watchHalfClose(stream);
  // The server pauses the stream in the same turn, before anything flows because of this listener.
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  stream.on('trailers', (_headers: unknown, _flags: number, raw?: readonly string[]) => {
    trailers = headersOf(raw ?? []);
  });
  stream.on('end', () => {
    if (!halfClosed()) return;
    body.complete();
    if (trailers !== undefined) exchange.trailers('request', trailers);
    exchange.end('request');
  });
}

function journalResponse(stream: ServerHttp2Stream, exchange: ExchangeJournal, body: BodyLog): void {
  const server = {
    respond: stream.respond.bind(stream),
    write: stream.write.bind(stream) as (...args: unknown[]) => boolean,
    sendTrailers: stream.sendTrailers.bind(stream),
  };
  stream.respond = (fields?: OutgoingHttpHeaders, options?: ServerStreamResponseOptions): void => {
    server.respond(fields, options);
    // What Node sends, with the `date` that it adds.
    const headers = fieldsOf(stream.sentHeaders ?? {});
    exchange.response(Number(fields?.[constants.HTTP2_HEADER_STATUS] ?? 200), headers);
    if (options?.endStream !== true) return;
    // Trailers-only: one HEADERS frame is both, the head and the trailers.
    if (headers.some(([name]) => name === 'grpc-status')) {
      exchange.trailers(
        'response',
        headers.filter(([name]) => name !== 'content-type' && name !== 'date'),
      );
    }
    exchange.end('response');
  };
  stream.write = (...args: unknown[]): boolean => {
    if (args[0] instanceof Uint8Array) body.push(args[0] as Buffer);
    return server.write(...args);
  };
  stream.sendTrailers = (fields: OutgoingHttpHeaders): void => {
    exchange.trailers('response', fieldsOf(fields));
    exchange.end('response');
    server.sendTrailers(fields);
  };
}

/** Why a stream ended before its answer was complete. */
export function resetOf(
  stream: ServerHttp2Stream,
  connection: ConnectionJournal,
): { readonly code: string; readonly detail?: string } {
  // Node gives the streams of a lost connection codes as well: CANCEL or INTERNAL_ERROR.
  if (connection.isGone) {
    return { code: connection.lossCode, detail: connection.lossDetail };
  }
  const code = stream.rstCode ?? 0;
  return { code: http2ErrorName(code) };
}

export function pseudoHeader(rawHeaders: readonly string[], name: string): string | undefined {
  const at = rawHeaders.indexOf(name);
  return at === -1 || at % 2 === 1 ? undefined : rawHeaders[at + 1];
}

function fieldsOf(fields: OutgoingHttpHeaders): Header[] {
  return Object.entries(fields).flatMap(([name, value]): Header[] => {
    if (name.startsWith(':') || value === undefined) return [];
    return Array.isArray(value)
      ? value.map((one): Header => [name.toLowerCase(), one])
      : [[name.toLowerCase(), String(value)]];
  });
}
