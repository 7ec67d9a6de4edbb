import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import {
  type Http2Body,
  Http2Response,
  isSettled,
  onHttp2Request,
  passHttp2Body,
} from '../../../wire/proxying/http2.js';
import { fieldsObject, type RawFields, withField } from '../../fields.js';
import { badGateway } from './bad-gateway.js';
import { dialApplication, failureText, type Intercepted } from './intercepted.js';
import type { MirrorTap } from './redirect-client.js';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

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
  session.setLocalWindowSize(WINDOW);
  onHttp2Request(session, (stream, raw, body) => new Exchange(stream, intercepted, raw).begin(body));
  return session;
}

/** One request and its response. */
class Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #intercepted: Intercepted;
  readonly #fields: RawFields;
  readonly #tap: MirrorTap;
  #connectionFailure: Error | undefined;
  /** The caller got an answer of the agent's own. */
  #refused = false;

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

  begin(body: Http2Body | undefined): void {
    const session = this.#connect();
    let application: ClientHttp2Stream;
    try {
      application = session.request(withAuthority(fieldsObject(this.#fields)), {
        endStream: body === undefined,
        waitForTrailers: body !== undefined,
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
    this.#passRequest(application, body);
    const response = this.#passResponse(application);
    this.#stream.once('close', () => {
      const code = this.#stream.rstCode ?? NGHTTP2_NO_ERROR;
      const complete = response.complete || this.#refused;
      const aborted = !complete || code !== NGHTTP2_NO_ERROR;
      if (!application.closed) application.close(code === NGHTTP2_NO_ERROR && !complete ? NGHTTP2_CANCEL : code);
      this.#tap.close(aborted ? `the stream was reset with code ${code}` : undefined);
    });
    application.once('close', () => this.#applicationClosed(application, response));
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

  #passRequest(application: ClientHttp2Stream, body: Http2Body | undefined): void {
    const stream = this.#stream;
    if (body === undefined) {
      stream.resume();
      this.#tap.end();
      return;
    }
    stream.on('data', (bytes: Buffer) => this.#tap.data(bytes));
    passHttp2Body(body, application, fieldsObject, (trailers) => {
      this.#tap.trailers(trailers);
      this.#tap.end();
    });
  }

  #passResponse(application: ClientHttp2Stream): Http2Response {
    const { cacheControl } = this.#intercepted;
    return new Http2Response(this.#stream, application, {
      fieldsOf: fieldsObject,
      headOf: (raw) => fieldsObject(cacheControl === undefined ? raw : withField(raw, 'cache-control', cacheControl)),
      refused: (error) => {
        this.#refuse(error);
        application.close(NGHTTP2_CANCEL);
      },
    });
  }

  #applicationClosed(application: ClientHttp2Stream, response: Http2Response): void {
    const stream = this.#stream;
    application.unpipe(stream);
    if (stream.destroyed || stream.closed) return;
    const code = application.rstCode ?? NGHTTP2_NO_ERROR;
    if (!stream.headersSent) {
      this.#refuse(this.#connectionFailure ?? new Error(`the stream was reset with code ${code}`));
    } else if (response.complete || this.#refused) {
      response.refuseRest();
    } else {
      stream.close(code === NGHTTP2_NO_ERROR ? NGHTTP2_INTERNAL_ERROR : code);
    }
  }

  #refuse(error: unknown): void {
    const stream = this.#stream;
    this.#tap.close(failureText(error));
    if (isSettled(stream)) return;
    stream.unpipe();
    stream.resume();
    const { status, body } = badGateway(this.#intercepted, error);
    this.#refused = true;
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
