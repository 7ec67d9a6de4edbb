import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { announcesNoBody, dropVainTrailer, hasBody, isChunked } from '../../../wire/proxying/http1.js';
import { groupFields, hasField, withField, withoutField } from '../../fields.js';
import { dialApplication, type Intercepted } from './intercepted.js';

/** Larger than what any application of a scenario refuses: the agent must not refuse in its place. */
export const HEADER_LIMIT = 256 * 1024;

/** Starts a request at the application, on a connection of its own. Nothing is sent yet. */
export function requestApplication(incoming: IncomingMessage, intercepted: Intercepted): ClientRequest {
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const outgoing = request({
    createConnection: () => dialApplication(intercepted, { allowHalfOpen: false }),
    host: intercepted.application.host,
    method,
    path: url,
    setHost: false,
    maxHeaderSize: HEADER_LIMIT,
  });
  outgoing.maxHeadersCount = 0;
  // Its connection serves no other request, also where the caller's own is to be kept alive.
  outgoing.once('response', () => {
    outgoing.shouldKeepAlive = false;
  });
  // Without this Node adds its own.
  outgoing.removeHeader('connection');
  for (const [name, value] of groupFields(rawHeaders)) outgoing.setHeader(name, value);
  if (!hasBody(incoming) && announcesNoBody(method) && !hasField(rawHeaders, 'content-length')) {
    outgoing.setHeader('content-length', '0');
  }
  dropVainTrailer(outgoing, hasField(rawHeaders, 'transfer-encoding'));
  return outgoing;
}

/** The fields of an answer as the caller gets them. */
export function answerFields(answer: IncomingMessage, { cacheControl }: Intercepted): string[] {
  const { rawHeaders, headers, statusCode = 0 } = answer;
  // Announced, they cannot come, and Node refuses to write that they will (ERR_HTTP_TRAILER_INVALID).
  const fields = isChunked(statusCode, headers['transfer-encoding']) ? rawHeaders : withoutField(rawHeaders, 'trailer');
  return cacheControl === undefined ? [...fields] : withField(fields, 'Cache-Control', cacheControl);
}
