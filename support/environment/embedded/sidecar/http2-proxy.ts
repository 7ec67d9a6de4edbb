import {
  type ClientHttp2Stream,
  constants,
  type Http2Session,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { PortProtocol } from '../../../model/port-protocol.js';
import {
  type Http2Body,
  Http2Response,
  isSettled,
  onHttp2Request,
  passHttp2Body,
} from '../../../wire/proxying/http2.js';
import { type Arrival, ExchangeClock } from './arrival.js';
import { crossFromHttp2 } from './crossing/cross.js';
import { endToEndFields, type Fields } from './headers.js';
import { IDLE_TIMEOUT_MS } from './http1-pool.js';
import { CONNECTION_WINDOW, HEADER_BLOCK_LIMIT, SESSION_LIMITS, STREAM_WINDOW } from './http2-pool.js';
import { denialReply, failureReply, type LocalReply } from './local-reply.js';
import { UpstreamFailure } from './upstream-failure.js';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM, NGHTTP2_PROTOCOL_ERROR } =
  constants;

/** Serves HTTP/2 on a connection; what was peeked must have been put back. */
export function serveHttp2(socket: Socket, arrival: Arrival): void {
  // A client that closes its side has no further use for answers.
  socket.allowHalfOpen = false;
  const session = performServerHandshake(socket, {
    ...SESSION_LIMITS,
    settings: { initialWindowSize: STREAM_WINDOW, maxHeaderListSize: HEADER_BLOCK_LIMIT },
  });
  session.setTimeout(IDLE_TIMEOUT_MS, () => session.close());
  session.setLocalWindowSize(CONNECTION_WINDOW);
  onHttp2Request(session, (stream, raw, body) => new Exchange(stream, arrival, raw).begin(body));
}

/** One request and its response, forwarded frame by frame in both directions. */
class Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #arrival: Arrival;
  readonly #request: Fields;
  readonly #clock: ExchangeClock;
  readonly #protocol: PortProtocol | undefined;

  constructor(stream: ServerHttp2Stream, arrival: Arrival, raw: readonly string[]) {
    this.#stream = stream;
    this.#arrival = arrival;
    this.#request = endToEndFields(raw);
    const { ':method': method, ':path': path } = this.#request;
    this.#clock = new ExchangeClock(arrival, { spoken: 'h2', method: String(method), path: String(path) });
    this.#protocol =
      arrival.dialect.request(this.#request, { ...arrival, spoken: 'h2', upgrades: false }) ?? arrival.protocol;
  }

  begin(body: Http2Body | undefined): void {
    const stream = this.#stream;
    stream.once('close', () => this.#clock.end());
    if (this.#request[':method'] === 'CONNECT') {
      // Istio's sidecars have no route for CONNECT.
      this.#clock.status = 404;
      stream.respond({ ':status': 404 }, { endStream: true });
      return;
    }
    if (this.#arrival.denies?.(String(this.#request[':path'])) === true) {
      this.#clock.failure = 'denied by an authorization policy';
      this.#reply(denialReply(this.#request, this.#arrival));
      return;
    }
    const crossing = { fields: this.#request, arrival: this.#arrival, clock: this.#clock, protocol: this.#protocol };
    if (crossFromHttp2(stream, body === undefined, crossing)) return;
    const options = { endStream: body === undefined, waitForTrailers: body !== undefined };
    const pool = this.#arrival.upstream.http2;
    try {
      const upstream = pool.requestAtOnce(this.#request, options);
      if (upstream !== undefined) {
        this.#forward(upstream, body);
        return;
      }
    } catch (error) {
      this.#refuse(new UpstreamFailure('protocol error', undefined, error));
      return;
    }
    pool.request(this.#request, options).then(
      (upstream) => this.#forward(upstream, body),
      (error: unknown) =>
        this.#refuse(
          error instanceof UpstreamFailure ? error : new UpstreamFailure('protocol error', undefined, error),
        ),
    );
  }

  #forward(upstream: ClientHttp2Stream, body: Http2Body | undefined): void {
    const stream = this.#stream;
    upstream.on('error', () => {});
    if (stream.destroyed || stream.closed) {
      upstream.close(stream.rstCode === NGHTTP2_NO_ERROR ? NGHTTP2_CANCEL : (stream.rstCode ?? NGHTTP2_CANCEL));
      return;
    }
    if (body === undefined) stream.resume();
    else passHttp2Body(body, upstream, endToEndFields);
    const response = this.#forwardResponse(upstream);
    stream.once('close', () => {
      if (upstream.closed) return;
      const code = stream.rstCode ?? NGHTTP2_NO_ERROR;
      upstream.close(code === NGHTTP2_NO_ERROR && !response.complete ? NGHTTP2_CANCEL : code);
    });
    // A stream that has closed does not know its session any more.
    const { session } = upstream;
    upstream.once('close', () => this.#upstreamClosed(upstream, session, response));
  }

  #forwardResponse(upstream: ClientHttp2Stream): Http2Response {
    return new Http2Response(this.#stream, upstream, {
      fieldsOf: endToEndFields,
      headOf: (raw) => {
        const fields = endToEndFields(raw);
        this.#clock.status = Number(fields[':status']);
        this.#arrival.dialect.response(fields, this.#arrival.side, this.#clock.elapsed);
        return fields;
      },
      refused: (error) => {
        this.#refuse(new UpstreamFailure('protocol error', undefined, error));
        upstream.close(NGHTTP2_PROTOCOL_ERROR);
      },
    });
  }

  #upstreamClosed(upstream: ClientHttp2Stream, session: Http2Session | undefined, response: Http2Response): void {
    const stream = this.#stream;
    upstream.unpipe(stream);
    if (stream.destroyed || stream.closed) return;
    const code = upstream.rstCode ?? NGHTTP2_NO_ERROR;
    const lost = code !== NGHTTP2_NO_ERROR && this.#arrival.upstream.http2.isLost(session);
    if (!stream.headersSent) {
      this.#refuse(new UpstreamFailure(lost ? 'connection termination' : resetReason(code)));
    } else if (response.complete) {
      response.refuseRest();
    } else {
      this.#clock.failure = lost ? 'connection termination' : `reset by upstream, code ${code}`;
      stream.close(lost || code === NGHTTP2_NO_ERROR ? NGHTTP2_INTERNAL_ERROR : code);
    }
  }

  #refuse(failure: UpstreamFailure): void {
    this.#clock.failure = failure.message;
    this.#reply(failureReply(this.#request, this.#arrival, failure));
  }

  #reply(reply: LocalReply): void {
    const stream = this.#stream;
    if (isSettled(stream)) return;
    stream.unpipe();
    stream.resume();
    this.#clock.status = reply.status;
    stream.respond({ ':status': reply.status, ...reply.fields }, { endStream: reply.body === '' });
    if (reply.body !== '') stream.end(reply.body);
    if (!stream.readableEnded) stream.close(NGHTTP2_NO_ERROR);
  }
}

function resetReason(code: number): 'remote refused stream reset' | 'protocol error' | 'remote reset' {
  if (code === NGHTTP2_REFUSED_STREAM) return 'remote refused stream reset';
  return code === NGHTTP2_PROTOCOL_ERROR ? 'protocol error' : 'remote reset';
}
