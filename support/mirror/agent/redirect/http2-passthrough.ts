import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type Http2Stream,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { fieldsObject, type RawFields, withField } from '../../fields.js';
import { badGateway } from './bad-gateway.js';
import { dialApplication, failureText, type Intercepted } from './intercepted.js';
import type { MirrorTap } from './redirect-client.js';

const { NGHTTP2_FLAG_END_STREAM, NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

/** Bytes that may be on their way on a stream and on a connection, either side: hyper's defaults for servers (1 MiB). */
const WINDOW = 1024 * 1024;
const HEADER_LIMIT = 256 * 1024;
const LIMITS = { maxSessionMemory: 512, maxHeaderListPairs: 1000, maxSendHeaderBlockLength: 2 * HEADER_LIMIT } as const;
const SETTINGS = { initialWindowSize: WINDOW, maxHeaderListSize: HEADER_LIMIT } as const;

/**
 * Serves HTTP/2 on a connection that was led to the agent. Every request goes to the application on a new connection: what was
 * one connection for the caller are many for the application. Extended CONNECT (WebSocket over HTTP/2) is not offered.
 *
 * @param socket what was read of it must have been put back.
 */
export function passHttp2(socket: Socket, intercepted: Intercepted): ServerHttp2Session {
  socket.allowHalfOpen = false;
  const session = performServerHandshake(socket, { ...LIMITS, settings: SETTINGS });
  session.on('error', () => {});
  session.setLocalWindowSize(WINDOW);
  session.on('stream', (stream: ServerHttp2Stream, _: IncomingHttpHeaders, flags: number, raw: string[]) => {
    stream.on('error', () => {});
    new Exchange(stream, intercepted, raw).begin(isLast(flags));
  });
  return session;
}

/** One request and its response. */
class Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #intercepted: Intercepted;
  readonly #fields: RawFields;
  readonly #tap: MirrorTap;
  #connectionFailure: Error | undefined;
  #responseComplete = false;
  /** The answer ends with trailers, which have not been sent. */
  #trailersDue = false;

  constructor(stream: ServerHttp2Stream, intercepted: Intercepted, fields: RawFields) {
    this.#stream = stream;
    this.#intercepted = intercepted;
    this.#fields = fields;
    const pseudo = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
    this.#tap = intercepted.mirrorRequest({
      version: '2',
      method: pseudo(':method'),
      target: fields.includes(':path') ? pseudo(':path') : '',
      fields,
    });
  }

  begin(withoutBody: boolean): void {
    const session = this.#connect();
    let application: ClientHttp2Stream;
    try {
      application = session.request(withAuthority(fieldsObject(this.#fields)), {
        endStream: withoutBody,
        waitForTrailers: !withoutBody,
      });
    } catch (error) {
      session.destroy();
      this.#refuse(error);
      return;
    }
    application.on('error', (error) => {
      this.#connectionFailure ??= error;
    });
    application.once('close', () => session.close());
    this.#passRequest(application, withoutBody);
    this.#passResponse(application);
    this.#stream.once('close', () => {
      const code = this.#stream.rstCode ?? NGHTTP2_NO_ERROR;
      const aborted = !this.#responseComplete || code !== NGHTTP2_NO_ERROR;
      if (!application.closed) {
        application.close(code === NGHTTP2_NO_ERROR && !this.#responseComplete ? NGHTTP2_CANCEL : code);
      }
      this.#tap.close(aborted ? `the stream was reset with code ${code}` : undefined);
    });
    application.once('close', () => this.#applicationClosed(application));
  }

  #connect(): ClientHttp2Session {
    const socket = dialApplication(this.#intercepted, { allowHalfOpen: false });
    const session = connect('http://application', {
      ...LIMITS,
      createConnection: () => socket,
      settings: { ...SETTINGS, enablePush: false },
    });
    session.on('error', (error) => {
      this.#connectionFailure ??= error;
    });
    session.once('connect', () => session.setLocalWindowSize(WINDOW));
    return session;
  }

  #passRequest(application: ClientHttp2Stream, withoutBody: boolean): void {
    const stream = this.#stream;
    if (withoutBody) {
      stream.resume();
      this.#tap.end();
      return;
    }
    let trailers: RawFields = [];
    stream.on('trailers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
      trailers = raw;
    });
    stream.on('data', (bytes: Buffer) => this.#tap.data(bytes));
    stream.on('end', () => {
      // A reset, too, ends what can be read; it is passed on when the stream closes.
      if (isReset(stream)) return;
      this.#tap.trailers(trailers);
      this.#tap.end();
      application.end();
    });
    application.on('wantTrailers', () => sendTrailers(application, trailers));
    stream.pipe(application, { end: false });
  }

  #passResponse(application: ClientHttp2Stream): void {
    const stream = this.#stream;
    let trailers: RawFields = [];
    application.on('headers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
      if (!stream.headersSent && !stream.destroyed && !stream.closed) stream.additionalHeaders(fieldsObject(raw));
    });
    application.on('response', (_: IncomingHttpHeaders, flags: number, raw: string[]) => {
      if (stream.destroyed || stream.closed || stream.headersSent) return;
      const { cacheControl } = this.#intercepted;
      const last = isLast(flags);
      if (last) this.#responseComplete = true;
      this.#trailersDue = !last;
      try {
        stream.respond(fieldsObject(cacheControl === undefined ? raw : withField(raw, 'cache-control', cacheControl)), {
          endStream: last,
          waitForTrailers: !last,
        });
      } catch (error) {
        // Node refuses some repeated fields, as the specification lets it.
        this.#refuse(error);
        application.close(NGHTTP2_CANCEL);
        return;
      }
      application.pipe(stream, { end: false });
    });
    application.on('trailers', (_: IncomingHttpHeaders, __: number, raw: string[]) => {
      trailers = raw;
    });
    application.on('end', () => {
      if (isReset(application) || !stream.headersSent) return;
      this.#responseComplete = true;
      if (!stream.writableEnded) stream.end();
    });
    stream.on('wantTrailers', () => {
      this.#trailersDue = false;
      sendTrailers(stream, trailers);
    });
  }

  /**
   * A response that was complete before the request: the rest of the request is not wanted (RFC 9113 §8.1). Trailers come first: Node
   * sends none any more on a stream that is closed, not even those that it was given in the same turn.
   */
  #refuseRest(): void {
    const stream = this.#stream;
    stream.resume();
    const refuse = (): void => {
      if (!stream.readableEnded && !stream.closed && !stream.destroyed) stream.close(NGHTTP2_NO_ERROR);
    };
    if (this.#trailersDue) stream.once('wantTrailers', () => setImmediate(refuse));
    else refuse();
  }

  #applicationClosed(application: ClientHttp2Stream): void {
    const stream = this.#stream;
    application.unpipe(stream);
    if (stream.destroyed || stream.closed) return;
    const code = application.rstCode ?? NGHTTP2_NO_ERROR;
    if (!stream.headersSent) {
      this.#refuse(this.#connectionFailure ?? new Error(`the stream was reset with code ${code}`));
    } else if (this.#responseComplete) {
      this.#refuseRest();
    } else {
      stream.close(code === NGHTTP2_NO_ERROR ? NGHTTP2_INTERNAL_ERROR : code);
    }
  }

  #refuse(error: unknown): void {
    const stream = this.#stream;
    this.#tap.close(failureText(error));
    if (stream.destroyed || stream.closed || stream.headersSent) return;
    stream.unpipe();
    stream.resume();
    const { status, body } = badGateway(this.#intercepted, error);
    this.#responseComplete = true;
    stream.respond({ ':status': status, 'content-length': String(Buffer.byteLength(body)) });
    stream.end(body);
    if (!stream.readableEnded) stream.close(NGHTTP2_NO_ERROR);
  }
}

/** gRPC clients may leave `:authority` out; it is made up for (mirrord 3.250 http/sender.rs), by us from `host`, which has the same meaning. */
function withAuthority(fields: Record<string, string | string[]>): Record<string, string | string[]> {
  const { host } = fields;
  return fields[':authority'] === undefined && host !== undefined ? { ...fields, ':authority': host } : fields;
}

/**
 * Ends a stream, with trailers if there are any. Both sides wait for trailers also where none come: Node ends the writable side of
 * a stream before it resets it, and that would reach the peer as a regular end, in front of the reset.
 */
function sendTrailers(stream: Http2Stream, trailers: RawFields): void {
  if (!stream.closed && !stream.destroyed) stream.sendTrailers(fieldsObject(trailers));
}

function isLast(flags: number): boolean {
  return (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
}

function isReset(stream: { readonly rstCode?: number | undefined }): boolean {
  return (stream.rstCode ?? NGHTTP2_NO_ERROR) !== NGHTTP2_NO_ERROR;
}
