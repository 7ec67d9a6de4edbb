import { type ClientRequest, type IncomingMessage, request, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Arrival } from './arrival.js';
import { endToEndFields, type Fields } from './headers.js';

/** Limit of Envoy for all header lines together (60 KiB). */
export const HEADER_LINES_LIMIT = 60 * 1024;
const BODILESS_METHODS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** Starts the request at the upstream, head only; nothing is sent yet. */
export function requestUpstream(incoming: IncomingMessage, fields: Fields, arrival: Arrival): ClientRequest {
  const { target, http1 } = arrival.upstream;
  const method = incoming.method ?? 'GET';
  const upstream = request({
    agent: http1,
    host: target.address,
    port: target.port,
    method,
    path: incoming.url ?? '/',
    setHost: false,
    maxHeaderSize: HEADER_LINES_LIMIT,
  });
  upstream.maxHeadersCount = 0;
  if (incoming.headers['transfer-encoding'] !== undefined) fields['transfer-encoding'] = 'chunked';
  else if (fields['content-length'] === undefined && !BODILESS_METHODS.has(method)) fields['content-length'] = '0';
  // Without this Node adds its own.
  upstream.removeHeader('connection');
  for (const name in fields) upstream.setHeader(name, fields[name] as string | string[]);
  return upstream;
}

/** The bytes of a response's head, for what Node's server does not write itself. */
export function headOf(status: number, fields: Fields): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${linesOf(fields)}\r\n`;
}

/** Ends a chunked message with the trailers that its original had. */
export function endWithTrailers(message: ClientRequest | ServerResponse, rawTrailers: readonly string[]): void {
  if (message.writableEnded || message.destroyed) return;
  if (rawTrailers.length > 0) {
    message.addTrailers(pairsOf(endToEndFields(rawTrailers)));
  }
  message.end();
}

/** A request's head as it would be without its offer to change the protocol. */
export function headWithoutUpgrade(incoming: IncomingMessage): Buffer {
  const fields = endToEndFields(incoming.rawHeaders);
  if (incoming.headers['transfer-encoding'] !== undefined) fields['transfer-encoding'] = 'chunked';
  delete fields['http2-settings'];
  return Buffer.from(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${linesOf(fields)}\r\n`, 'latin1');
}

function linesOf(fields: Fields): string {
  return pairsOf(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

function pairsOf(fields: Fields): [name: string, value: string][] {
  return Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}
