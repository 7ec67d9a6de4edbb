import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { Readable } from 'node:stream';

/** Names and values of header fields, in order. */
export type FieldPairs = [name: string, value: string][];

/** What is passed on of fields that came; names and values in turn, as received. */
export type PairsOf = (raw: readonly string[]) => FieldPairs;

const BODILESS_METHODS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/**
 * A server for connections that are handed to it with `emit('connection', socket)`. Streams may be silent for as long as they
 * like: there is no timeout for any part of a message. Who expects 100 or anything else hears it from the far side.
 *
 * @param serve gets each request that asks for no other protocol
 */
export function proxyServer(
  options: Pick<ServerOptions, 'maxHeaderSize' | 'requireHostHeader'>,
  serve: (incoming: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createServer({ ...options, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
  server.maxHeadersCount = 0;
  server.timeout = 0;
  for (const event of ['request', 'checkContinue', 'checkExpectation']) server.on(event, serve);
  return server;
}

/** Calls when it is a pipelined request's turn, so that responses cannot overtake requests. */
export function whenItsTurn(response: ServerResponse, begin: () => void): void {
  if (response.socket === null) response.once('socket', begin);
  else begin();
}

/** Whether a body follows the head of a request. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;
}

/** Whether a request of this method that has no body says so with `Content-Length: 0` (RFC 9110 §8.6). */
export function announcesNoBody(method: string): boolean {
  return !BODILESS_METHODS.has(method);
}

/** Whether a response to this method may have a body (RFC 9112 §6.3). */
export function mayAnswerWithBody(method: string | undefined, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

/**
 * A message without chunks cannot have the trailers that it announces (RFC 9112 §7.1.2), and Node refuses to write that it will
 * (ERR_HTTP_TRAILER_INVALID): it goes on without the announcement.
 */
export function dropVainTrailer(message: ClientRequest | ServerResponse, chunked: boolean): void {
  if (!chunked) message.removeHeader('trailer');
}

/** Whether Node's server writes such a status; its client reads others, too. */
export function isStatus(code: number): boolean {
  return code >= 100 && code <= 999;
}

/** Forgets what was to be the head of a response that could not be written. */
export function clearHead(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
}

/** Whether a response of this status comes in chunks where its head says so. */
export function isChunked(status: number, transferEncoding: unknown): boolean {
  return transferEncoding !== undefined && status !== 204 && status !== 304;
}

/** The bytes of a response's head, for what Node's server does not write itself. */
export function responseHead(status: number, reason: string, fields: FieldPairs): string {
  return `HTTP/1.1 ${status} ${reason}\r\n${fieldLines(fields)}\r\n`;
}

export function fieldLines(fields: FieldPairs): string {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}

/**
 * Passes the body of a request on, piece by piece, and its trailers. What nobody takes any more is read and forgotten.
 *
 * @param ended hears of the trailers, as received, before the request that goes on is ended
 */
export function passRequestBody(
  incoming: IncomingMessage,
  upstream: ClientRequest,
  pairsOf: PairsOf,
  ended: (rawTrailers: readonly string[]) => void = () => {},
): void {
  if (!hasBody(incoming)) {
    incoming.resume();
    ended([]);
    upstream.end();
    return;
  }
  passBody(incoming, upstream, () => {
    ended(incoming.rawTrailers);
    endWithTrailers(upstream, pairsOf(incoming.rawTrailers));
  });
}

/** Passes on what there is to read. @param ended called at its end, where `upstream` still has to be ended. */
export function passBody(body: Readable, upstream: ClientRequest, ended: () => void): void {
  body.pipe(upstream, { end: false });
  body.once('end', ended);
  upstream.once('close', () => {
    body.unpipe(upstream);
    body.resume();
  });
  sendHeadSoon(upstream);
}

/**
 * Calls where a request ends with neither a response nor an error: Node says nothing else of a response that changes the protocol
 * although nobody asked for it.
 */
export function onceUnanswered(upstream: ClientRequest, unanswered: (error: Error) => void): void {
  let told = false;
  for (const event of ['response', 'error']) {
    upstream.once(event, () => {
      told = true;
    });
  }
  upstream.once('close', () => {
    if (!told) unanswered(new Error('the protocol was changed unasked'));
  });
}

/** The head of a request goes on ahead of a body that is slow to come; one that is here already leaves with it. */
export function sendHeadSoon(request: ClientRequest): void {
  setImmediate(() => {
    if (!request.headersSent && !request.destroyed) request.flushHeaders();
  });
}

/** Passes on an interim response, for example `100 Continue`. @param head its bytes, where it is any other. */
export function passInterim(response: ServerResponse, status: number, head: () => string): void {
  if (response.headersSent || response.destroyed) return;
  if (status === 100) response.writeContinue();
  else response.socket?.write(head(), 'latin1');
}

/**
 * Passes the body of a response on, piece by piece, and its trailers, once the head was written.
 *
 * @param breakOff the response cannot be completed
 */
export function passResponseBody(
  answer: IncomingMessage,
  response: ServerResponse,
  pairsOf: PairsOf,
  breakOff: (error: Error) => void,
): void {
  answer.on('error', breakOff);
  answer.once('end', () => {
    if (answer.complete) endWithTrailers(response, pairsOf(answer.rawTrailers));
    else breakOff(new Error('the response is not complete'));
  });
  answer.pipe(response, { end: false });
  setImmediate(() => {
    if (!response.writableEnded && !response.destroyed) response.flushHeaders();
  });
}

/** Ends a chunked message with the trailers that its original had. */
export function endWithTrailers(message: ClientRequest | ServerResponse, trailers: FieldPairs): void {
  if (message.writableEnded || message.destroyed) return;
  if (trailers.length > 0) message.addTrailers(trailers);
  message.end();
}
