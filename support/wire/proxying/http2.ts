import {
  type ClientHttp2Stream,
  constants,
  type Http2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

const { NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

/** Fields as they came: names and values in turn. */
type RawFields = readonly string[];
/** What is passed on of fields that came. */
type FieldsOf = (raw: RawFields) => OutgoingHttpHeaders;

/** The body of a request, which begins to flow when somebody reads its stream. */
export interface Http2Body {
  readonly stream: ServerHttp2Stream;
  /** As received; known when the stream has ended. They may come before anybody reads. */
  trailers(): RawFields;
}

/** Calls for each request. @param serve `body` is undefined where the request ended with its head */
export function onHttp2Request(
  session: ServerHttp2Session,
  serve: (stream: ServerHttp2Stream, raw: RawFields, body: Http2Body | undefined) => void,
): void {
  session.on('error', () => {});
  session.on('stream', (stream: ServerHttp2Stream, _: IncomingHttpHeaders, flags: number, raw: string[]) => {
    stream.on('error', () => {});
    serve(stream, raw, endsStream(flags) ? undefined : bodyOf(stream));
  });
}

function bodyOf(stream: ServerHttp2Stream): Http2Body {
  let trailers: RawFields = [];
  stream.on('trailers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
    trailers = raw;
  });
  return { stream, trailers: () => trailers };
}

/**
 * Passes the body of a request on, frame by frame, and its trailers.
 *
 * @param upstream made with `waitForTrailers`
 * @param ended hears of the trailers, as received, before the request that goes on is ended; not of a reset
 */
export function passHttp2Body(
  { stream, trailers }: Http2Body,
  upstream: ClientHttp2Stream,
  fieldsOf: FieldsOf,
  ended: (rawTrailers: RawFields) => void = () => {},
): void {
  stream.on('end', () => {
    // A reset, too, ends what can be read; it is passed on when the stream closes.
    if (isReset(stream)) return;
    ended(trailers());
    upstream.end();
  });
  upstream.on('wantTrailers', () => sendTrailers(upstream, fieldsOf(trailers())));
  stream.pipe(upstream, { end: false });
}

/** What a proxy makes of the response on its way. */
export interface ResponseFields {
  /** Of interim responses and of trailers. */
  readonly fieldsOf: FieldsOf;
  readonly headOf: FieldsOf;
  /** Node refuses some repeated fields, as the specification lets it. */
  readonly refused: (error: unknown) => void;
}

/** A response that is passed on, frame by frame, and its trailers. */
export class Http2Response {
  readonly #stream: ServerHttp2Stream;
  #complete = false;
  /** It ends with trailers, which have not been sent. */
  #trailersDue = false;

  /** @param stream where it goes. @param upstream where it comes from. */
  constructor(stream: ServerHttp2Stream, upstream: ClientHttp2Stream, { fieldsOf, headOf, refused }: ResponseFields) {
    this.#stream = stream;
    let trailers: RawFields = [];
    upstream.on('headers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
      if (isSettled(stream)) return;
      try {
        stream.additionalHeaders(fieldsOf(raw));
      } catch {
        // The final response is what counts; an interim one that Node refuses to write is left out.
      }
    });
    upstream.on('response', (_: IncomingHttpHeaders, flags: number, raw: string[]) => {
      if (isSettled(stream)) return;
      const last = endsStream(flags);
      if (last) this.#complete = true;
      this.#trailersDue = !last;
      try {
        stream.respond(headOf(raw), { endStream: last, waitForTrailers: !last });
      } catch (error) {
        refused(error);
        return;
      }
      upstream.pipe(stream, { end: false });
    });
    upstream.on('trailers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
      trailers = raw;
    });
    upstream.on('end', () => {
      if (isReset(upstream) || !stream.headersSent) return;
      this.#complete = true;
      if (!stream.writableEnded) stream.end();
    });
    stream.on('wantTrailers', () => {
      this.#trailersDue = false;
      sendTrailers(stream, fieldsOf(trailers));
    });
  }

  /** Whether all of it has come. */
  get complete(): boolean {
    return this.#complete;
  }

  /**
   * A response that was complete before the request: the rest of the request is not wanted (RFC 9113 §8.1). Trailers come first: Node
   * sends none any more on a stream that is closed, not even those that it was given in the same turn.
   */
  refuseRest(): void {
    const stream = this.#stream;
    stream.resume();
    const refuse = (): void => {
      if (!stream.readableEnded && !stream.closed && !stream.destroyed) stream.close(NGHTTP2_NO_ERROR);
    };
    if (this.#trailersDue) stream.once('wantTrailers', () => setImmediate(refuse));
    else refuse();
  }
}

/**
 * Ends a stream, with trailers if there are any. Both sides of an exchange wait for trailers also where none come: Node
 * ends the writable side of a stream before it resets it, and without this that would reach the peer as a regular end,
 * in front of the reset.
 */
export function sendTrailers(stream: Http2Stream, trailers: OutgoingHttpHeaders): void {
  if (stream.closed || stream.destroyed) return;
  try {
    stream.sendTrailers(trailers);
  } catch {
    // Node refuses some that are allowed, for example several values of a field that it takes for single.
    stream.close(NGHTTP2_INTERNAL_ERROR);
  }
}

/** Whether the headers that came with these flags are the last of their stream. */
export function endsStream(flags: number): boolean {
  return (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
}

export function isReset(stream: { readonly rstCode?: number | undefined }): boolean {
  return (stream.rstCode ?? NGHTTP2_NO_ERROR) !== NGHTTP2_NO_ERROR;
}

/** Whether a response has begun, or nobody waits for one. */
export function isSettled(stream: ServerHttp2Stream): boolean {
  return stream.headersSent || stream.destroyed || stream.closed;
}
