import { type ClientRequest, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Arrival, ExchangeClock } from './arrival.js';
import { crossFromHttp1 } from './crossing/cross.js';
import { addRequestFields, addResponseFields, endToEndFields, type Fields, listOf } from './headers.js';
import { endWithTrailers, HEADER_LINES_LIMIT, headOf, headWithoutUpgrade, requestUpstream } from './http1-messages.js';
import { denialReply, failureReply, type LocalReply } from './local-reply.js';
import { tunnelUpgrade } from './upgrade.js';
import { UpstreamFailure, upstreamFailureOf } from './upstream-failure.js';

/** Serves HTTP/1.1 on connections that are handed to it; what was peeked must have been put back. */
export class Http1Proxy {
  readonly #arrivals = new WeakMap<Duplex, Arrival>();
  readonly #server: Server;

  constructor() {
    // Streams may be silent for as long as they like, as in Istio: there is no timeout for any part of a message.
    this.#server = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: 0,
      maxHeaderSize: HEADER_LINES_LIMIT,
      insecureHTTPParser: false,
    });
    this.#server.maxHeadersCount = 0;
    this.#server.timeout = 0;
    const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
      const arrival = this.#arrivals.get(incoming.socket);
      if (arrival === undefined) throw new Error('a connection came past the sidecar');
      const begin = (): void => {
        if (incoming.httpVersionMinor === 0) refuseOldVersion(response);
        else new Exchange(incoming, response, arrival).begin();
      };
      // A pipelined request waits for its turn, so that responses cannot overtake requests.
      if (response.socket === null) response.once('socket', begin);
      else begin();
    };
    this.#server.on('request', serve);
    // Who expects 100 or anything else hears it from the application.
    this.#server.on('checkContinue', serve);
    this.#server.on('checkExpectation', serve);
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      const arrival = this.#arrivals.get(socket);
      if (arrival === undefined) throw new Error('a connection came past the sidecar');
      const upgrade = listOf(incoming.headers.upgrade);
      if (upgrade.includes('websocket')) {
        tunnelUpgrade(incoming, socket, head, arrival);
      } else if (upgrade.includes('h2c')) {
        // Envoy ignores the offer to go on in HTTP/2: the request is read again without it.
        socket.unshift(Buffer.concat([headWithoutUpgrade(incoming), head]));
        this.serve(socket, arrival);
      } else {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      }
    });
  }

  serve(socket: Socket, arrival: Arrival): void {
    this.#arrivals.set(socket, arrival);
    this.#server.emit('connection', socket);
  }
}

/** One request and its response, forwarded piece by piece in both directions. */
class Exchange {
  readonly #incoming: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #arrival: Arrival;
  readonly #request: Fields;
  readonly #clock: ExchangeClock;

  constructor(incoming: IncomingMessage, response: ServerResponse, arrival: Arrival) {
    this.#incoming = incoming;
    this.#response = response;
    this.#arrival = arrival;
    this.#request = endToEndFields(incoming.rawHeaders);
    this.#clock = new ExchangeClock(arrival, {
      spoken: 'http/1.1',
      method: incoming.method ?? '',
      path: incoming.url ?? '',
    });
    addRequestFields(this.#request, arrival.side, arrival.own, arrival.peer);
    response.sendDate = false;
    response.on('error', () => {});
    incoming.on('error', () => {});
  }

  begin(): void {
    if (this.#arrival.denies?.(this.#incoming.url ?? '') === true) {
      this.#incoming.resume();
      this.#clock.failure = 'denied by an authorization policy';
      this.#reply(denialReply(this.#request, this.#arrival.side));
      return;
    }
    const crossing = { fields: this.#request, arrival: this.#arrival, clock: this.#clock };
    if (crossFromHttp1(this.#incoming, this.#response, crossing)) return;
    let upstream: ClientRequest;
    try {
      upstream = requestUpstream(this.#incoming, this.#request, this.#arrival);
    } catch (error) {
      // What Node's server reads leniently, its client may refuse to write.
      this.#incoming.resume();
      this.#fail(new UpstreamFailure('protocol error', undefined, error));
      return;
    }
    upstream.on('error', (error) => this.#fail(error));
    upstream.on('information', ({ statusCode, rawHeaders }) => this.#inform(statusCode, rawHeaders));
    upstream.on('response', (answer) => this.#forwardResponse(answer));
    this.#response.once('close', () => {
      this.#clock.end();
      // Nobody is left to answer to; HTTP/1.1 can only say so by closing the connection.
      if (!this.#response.writableFinished) upstream.destroy();
    });
    this.#forwardRequestBody(upstream);
  }

  #forwardRequestBody(upstream: ClientRequest): void {
    const incoming = this.#incoming;
    if (incoming.headers['transfer-encoding'] === undefined && !(Number(incoming.headers['content-length']) > 0)) {
      incoming.resume();
      upstream.end();
      return;
    }
    incoming.pipe(upstream, { end: false });
    incoming.once('end', () => {
      endWithTrailers(upstream, incoming.rawTrailers);
    });
    upstream.once('close', () => {
      incoming.unpipe(upstream);
      incoming.resume();
    });
    // The head goes on ahead of a body that is slow to come; one that is here already leaves with it.
    setImmediate(() => {
      if (!upstream.headersSent && !upstream.destroyed) upstream.flushHeaders();
    });
  }

  #inform(status: number, rawHeaders: readonly string[]): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return;
    if (status === 100) response.writeContinue();
    else response.socket?.write(headOf(status, endToEndFields(rawHeaders)), 'latin1');
  }

  #forwardResponse(answer: IncomingMessage): void {
    const response = this.#response;
    const status = answer.statusCode ?? 0;
    const fields = endToEndFields(answer.rawHeaders);
    addResponseFields(fields, this.#arrival.side, this.#clock.elapsed);
    if (fields['content-length'] === undefined && mayHaveBody(this.#incoming.method, status)) {
      fields['transfer-encoding'] = 'chunked';
    }
    answer.on('error', (error) => this.#breakOff(error));
    answer.once('end', () => {
      if (answer.complete) endWithTrailers(response, answer.rawTrailers);
      else this.#breakOff(new Error('the response is not complete'));
    });
    this.#writeHead(status, fields);
    answer.pipe(response, { end: false });
    setImmediate(() => {
      if (!response.writableEnded && !response.destroyed) response.flushHeaders();
    });
  }

  #writeHead(status: number, fields: Fields): void {
    const response = this.#response;
    this.#clock.status = status;
    if (!response.shouldKeepAlive) fields.connection = 'close';
    // Without this Node adds its own.
    else response.removeHeader('connection');
    for (const name in fields) response.setHeader(name, fields[name] as string | string[]);
    response.writeHead(status);
  }

  #fail(error: unknown): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) {
      this.#breakOff(error);
      return;
    }
    const failure = upstreamFailureOf(error);
    this.#clock.failure = failure.message;
    this.#reply(failureReply(this.#request, this.#arrival.side, failure));
  }

  #reply({ status, fields, body }: LocalReply): void {
    const response = this.#response;
    // The rest of an unread request would stand in the way of the next one.
    if (!this.#incoming.complete) response.shouldKeepAlive = false;
    if (body === '') fields['content-length'] = '0';
    this.#writeHead(status, fields);
    response.end(body);
  }

  /** The response cannot be completed: the client learns it from its connection. */
  #breakOff(error: unknown): void {
    if (this.#response.writableFinished) return;
    this.#clock.failure = error instanceof Error ? error.message : String(error);
    this.#response.destroy();
  }
}

function mayHaveBody(method: string | undefined, status: number): boolean {
  return method !== 'HEAD' && status !== 204 && status !== 304;
}

/** Istio answers HTTP/1.0 so unless it is told otherwise (`PILOT_HTTP10`). */
function refuseOldVersion(response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(426, { 'content-length': '0', connection: 'close' });
  response.end();
}
