import type { IncomingMessage, ServerResponse } from 'node:http';
import { clearHead, dropVainTrailer, endWithTrailers, hasBody, isChunked } from '../../../../wire/proxying/http1.js';
import { endToEndFields, type Fields } from '../headers.js';
import { pairsOf } from '../http1-messages.js';
import type { LocalReply } from '../local-reply.js';
import type { Near } from './near.js';

/** A request that came in HTTP/1.1. `fields` are what is to be forwarded of its head. */
export function http1Near(incoming: IncomingMessage, response: ServerResponse, fields: Fields): Near {
  const { host, ...rest } = fields;
  response.sendDate = false;
  response.on('error', () => {});
  incoming.on('error', () => {});
  const writeHead = ({ ':status': status, ...head }: Fields): void => {
    if (!response.shouldKeepAlive) head.connection = 'close';
    else response.removeHeader('connection');
    for (const name in head) response.setHeader(name, head[name] as string | string[]);
    dropVainTrailer(response, isChunked(Number(status), head['transfer-encoding']));
    response.writeHead(Number(status));
  };
  return {
    request: Object.assign(Object.create(null), {
      ':method': incoming.method ?? 'GET',
      ':path': incoming.url ?? '/',
      ':scheme': fields['x-forwarded-proto'] ?? 'http',
      ':authority': host ?? '',
      ...rest,
    }),
    hasBody: hasBody(incoming),
    body: incoming,
    trailers: () => endToEndFields(incoming.rawTrailers),
    respond(head, withoutBody) {
      const bodiless = withoutBody || incoming.method === 'HEAD';
      if (head['content-length'] === undefined && !bodiless) head['transfer-encoding'] = 'chunked';
      else if (head['content-length'] === undefined && incoming.method !== 'HEAD') head['content-length'] = '0';
      writeHead(head);
      response.flushHeaders();
    },
    answer: response,
    finish: (trailers) => endWithTrailers(response, pairsOf(trailers)),
    get settled() {
      return response.headersSent || response.destroyed;
    },
    reply({ status, fields: head, body }: LocalReply) {
      // The rest of an unread request would stand in the way of the next one.
      if (!incoming.complete) response.shouldKeepAlive = false;
      if (body === '') head['content-length'] = '0';
      clearHead(response);
      writeHead({ ':status': String(status), ...head });
      response.end(body);
    },
    breakOff() {
      if (!response.writableFinished) response.destroy();
    },
    onClose: (gone) => response.once('close', gone),
  };
}
