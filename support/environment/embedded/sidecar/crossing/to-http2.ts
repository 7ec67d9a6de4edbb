import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2';
import { endsStream, isReset, sendTrailers } from '../../../../wire/proxying/http2.js';
import type { Arrival, ExchangeClock } from '../arrival.js';
import { endToEndFields, type Fields } from '../headers.js';
import { failureReply } from '../local-reply.js';
import { UpstreamFailure, upstreamFailureOf } from '../upstream-failure.js';
import type { Near } from './near.js';

const { NGHTTP2_CANCEL, NGHTTP2_PROTOCOL_ERROR } = constants;

/** Forwards a request in HTTP/2, whatever it came in. */
export function forwardAsHttp2(near: Near, arrival: Arrival, clock: ExchangeClock): void {
  const fail = (failure: UpstreamFailure): void => {
    clock.failure = failure.message;
    if (near.settled) near.breakOff();
    else near.reply(failureReply(near.request, arrival, failure));
  };
  near.onClose(() => clock.end());
  const options = { endStream: !near.hasBody, waitForTrailers: near.hasBody };
  arrival.upstream.http2.request(near.request, options).then(
    (upstream) => {
      upstream.on('error', () => {});
      if (near.settled) {
        // Nobody waits any more.
        upstream.close(NGHTTP2_CANCEL);
        return;
      }
      near.onClose(() => {
        if (!upstream.closed) upstream.close(NGHTTP2_CANCEL);
      });
      sendBody(near, upstream);
      receive(near, upstream, arrival, clock, fail);
    },
    (error: unknown) => fail(upstreamFailureOf(error)),
  );
}

function sendBody(near: Near, upstream: ClientHttp2Stream): void {
  if (!near.hasBody) {
    near.body.resume();
    return;
  }
  upstream.on('wantTrailers', () => sendTrailers(upstream, near.trailers()));
  near.body.pipe(upstream, { end: false });
  near.body.once('end', () => upstream.end());
  upstream.once('close', () => {
    near.body.unpipe(upstream);
    near.body.resume();
  });
}

function receive(
  near: Near,
  upstream: ClientHttp2Stream,
  arrival: Arrival,
  clock: ExchangeClock,
  fail: (failure: UpstreamFailure) => void,
): void {
  let trailers: Fields = {};
  let begun = false;
  let complete = false;
  upstream.on('response', (_: IncomingHttpHeaders, flags: number, raw: string[]) => {
    if (near.settled) return;
    begun = true;
    const fields = endToEndFields(raw);
    clock.status = Number(fields[':status']);
    arrival.dialect.response(fields, arrival.side, clock.elapsed);
    const last = endsStream(flags);
    try {
      near.respond(fields, last);
    } catch (error) {
      // What one version of HTTP allows, the other's server may refuse to write.
      complete = true;
      fail(new UpstreamFailure('protocol error', undefined, error));
      upstream.close(NGHTTP2_PROTOCOL_ERROR);
      return;
    }
    upstream.pipe(near.answer, { end: false });
  });
  upstream.on('trailers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
    trailers = endToEndFields(raw);
  });
  upstream.on('end', () => {
    if (!begun || isReset(upstream)) return;
    complete = true;
    near.finish(trailers);
  });
  upstream.once('close', () => {
    if (!complete) fail(new UpstreamFailure('remote reset'));
  });
}
