import { type IncomingMessage, request } from 'node:http';
import { dropVainTrailer, endWithTrailers, onceUnanswered, passBody } from '../../../../wire/proxying/http1.js';
import type { Arrival, ExchangeClock } from '../arrival.js';
import { endToEndFields } from '../headers.js';
import { HEADER_LINES_LIMIT, pairsOf } from '../http1-messages.js';
import { failureReply } from '../local-reply.js';
import { UpstreamFailure, upstreamFailureOf } from '../upstream-failure.js';
import type { Near } from './near.js';

/** Forwards a request in HTTP/1.1, whatever it came in. */
export function forwardAsHttp1(near: Near, arrival: Arrival, clock: ExchangeClock): void {
  const { ':method': method, ':path': path, ':authority': authority, ':scheme': _, ...fields } = near.request;
  const { target, http1 } = arrival.upstream;
  const fail = (error: unknown): void => {
    const failure = upstreamFailureOf(error);
    clock.failure = failure.message;
    if (near.settled) near.breakOff();
    else near.reply(failureReply(near.request, arrival, failure));
  };
  const upstream = request({
    agent: http1,
    host: target.address,
    port: target.port,
    method: String(method),
    path: String(path),
    setHost: false,
    maxHeaderSize: HEADER_LINES_LIMIT,
  });
  upstream.maxHeadersCount = 0;
  upstream.removeHeader('connection');
  upstream.setHeader('host', String(authority));
  for (const name in fields) upstream.setHeader(name, fields[name] as string | string[]);
  const chunked = near.hasBody && fields['content-length'] === undefined;
  if (chunked) upstream.setHeader('transfer-encoding', 'chunked');
  dropVainTrailer(upstream, chunked);
  upstream.on('error', fail);
  onceUnanswered(upstream, (error) => fail(new UpstreamFailure('protocol error', undefined, error)));
  let complete = false;
  upstream.on('response', (answer) => {
    answer.once('end', () => {
      complete = answer.complete;
    });
    try {
      respond(near, answer, arrival, clock);
    } catch (error) {
      // What Node's client reads leniently, its servers may refuse to write.
      answer.destroy();
      fail(new UpstreamFailure('protocol error', undefined, error));
    }
  });
  near.onClose(() => {
    clock.end();
    // Nobody is left to answer to; HTTP/1.1 can only say so by closing the connection.
    if (!complete) upstream.destroy();
  });
  if (!near.hasBody) {
    near.body.resume();
    upstream.end();
    return;
  }
  passBody(near.body, upstream, () => endWithTrailers(upstream, pairsOf(near.trailers())));
}

function respond(near: Near, answer: IncomingMessage, arrival: Arrival, clock: ExchangeClock): void {
  if (near.settled) return;
  clock.status = answer.statusCode ?? 0;
  const fields = endToEndFields(answer.rawHeaders);
  arrival.dialect.response(fields, arrival.side, clock.elapsed);
  answer.on('error', () => near.breakOff());
  near.respond({ ':status': String(clock.status), ...fields }, false);
  answer.pipe(near.answer, { end: false });
  answer.once('end', () => {
    if (answer.complete) near.finish(endToEndFields(answer.rawTrailers));
    else near.breakOff();
  });
}
