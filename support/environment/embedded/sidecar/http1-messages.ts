import { type ClientRequest, type IncomingMessage, request, STATUS_CODES } from 'node:http';
import {
  announcesNoBody,
  dropVainTrailer,
  type FieldPairs,
  fieldLines,
  responseHead,
} from '../../../wire/proxying/http1.js';
import type { Arrival } from './arrival.js';
import { endToEndFields, type Fields } from './headers.js';

/** Limit of Envoy for all header lines together (60 KiB). */
export const HEADER_LINES_LIMIT = 60 * 1024;

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
  else if (fields['content-length'] === undefined && announcesNoBody(method)) fields['content-length'] = '0';
  // Without this Node adds its own.
  upstream.removeHeader('connection');
  for (const name in fields) upstream.setHeader(name, fields[name] as string | string[]);
  dropVainTrailer(upstream, fields['transfer-encoding'] !== undefined);
  return upstream;
}

/** The bytes of a response's head, for what Node's server does not write itself. */
export function headOf(status: number, fields: Fields): string {
  return responseHead(status, STATUS_CODES[status] ?? 'Unknown', pairsOf(fields));
}

/** What goes on of a message's trailers. */
export function trailerPairs(rawTrailers: readonly string[]): FieldPairs {
  return pairsOf(endToEndFields(rawTrailers));
}

/** A request's head as it would be without its offer to change the protocol. */
export function headWithoutUpgrade(incoming: IncomingMessage): Buffer {
  const fields = endToEndFields(incoming.rawHeaders);
  if (incoming.headers['transfer-encoding'] !== undefined) fields['transfer-encoding'] = 'chunked';
  delete fields['http2-settings'];
  return Buffer.from(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${fieldLines(pairsOf(fields))}\r\n`, 'latin1');
}

export function pairsOf(fields: Fields): FieldPairs {
  return Object.entries(fields).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
}
