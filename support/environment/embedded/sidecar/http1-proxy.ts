import type { ClientRequest, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PortProtocol } from '../../../model/port-protocol.js';
import {
  clearHead,
  dropVainTrailer,
  isChunked,
  mayAnswerWithBody,
  onceUnanswered,
  passInterim,
  passRequestBody,
  passResponseBody,
  proxyServer,
  whenItsTurn,
} from '../../../wire/proxying/http1.js';
import { type Arrival, ExchangeClock } from './arrival.js';
import { crossFromHttp1 } from './crossing/cross.js';
import { endToEndFields, type Fields, listOf } from './headers.js';
import { HEADER_LINES_LIMIT, headOf, headWithoutUpgrade, requestUpstream, trailerPairs } from './http1-messages.js';
import { denialReply, failureReply, type LocalReply } from './local-reply.js';
import { tunnelUpgrade } from './upgrade.js';
import { UpstreamFailure, upstreamFailureOf } from './upstream-failure.js';

/** Serves HTTP/1.1 on connections that are handed to it; what was peeked must have been put back. */
export class Http1Proxy {
  readonly #arrivals = new WeakMap<Duplex, Arrival>();
  readonly #server: Server;

  constructor() {
    this.#server = proxyServer({ maxHeaderSize: HEADER_LINES_LIMIT }, (incoming, response) => {
      const arrival = this.#arrivals.get(incoming.socket);
      if (arrival === undefined) throw new Error('a connection came past the sidecar');
      whenItsTurn(response, () => {
        if (incoming.httpVersionMinor === 0) refuseOldVersion(response);
        else new Exchange(incoming, response, arrival).begin();
      });
    });
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
  readonly #protocol: PortProtocol | undefined;

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
    this.#protocol =
      arrival.dialect.request(this.#request, { ...arrival, spoken: 'http/1.1', upgrades: false }) ?? arrival.protocol;
    response.sendDate = false;
    response.on('error', () => {});
    incoming.on('error', () => {});
  }

  begin(): void {
    if (this.#arrival.denies?.(this.#incoming.url ?? '') === true) {
      this.#incoming.resume();
      this.#clock.failure = 'denied by an authorization policy';
      this.#reply(denialReply(this.#request, this.#arrival));
      return;
    }
    const crossing = { fields: this.#request, arrival: this.#arrival, clock: this.#clock, protocol: this.#protocol };
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
    onceUnanswered(upstream, (error) => this.#fail(new UpstreamFailure('protocol error', undefined, error)));
    upstream.on('information', ({ statusCode, rawHeaders }) =>
      passInterim(this.#response, statusCode, () => headOf(statusCode, endToEndFields(rawHeaders))),
    );
    upstream.on('response', (answer) => this.#forwardResponse(answer));
    this.#response.once('close', () => {
      this.#clock.end();
      // Nobody is left to answer to; HTTP/1.1 can only say so by closing the connection.
      if (!this.#response.writableFinished) upstream.destroy();
    });
    passRequestBody(this.#incoming, upstream, trailerPairs);
  }

  #forwardResponse(answer: IncomingMessage): void {
    const status = answer.statusCode ?? 0;
    const fields = endToEndFields(answer.rawHeaders);
    this.#arrival.dialect.response(fields, this.#arrival.side, this.#clock.elapsed);
    if (fields['content-length'] === undefined && mayAnswerWithBody(this.#incoming.method, status)) {
      fields['transfer-encoding'] = 'chunked';
    }
    try {
      this.#writeHead(status, fields);
    } catch (error) {
      // What Node's client reads leniently, its server may refuse to write.
      answer.destroy();
      this.#fail(new UpstreamFailure('protocol error', undefined, error));
      return;
    }
    passResponseBody(answer, this.#response, trailerPairs, (error) => this.#breakOff(error));
  }

  #writeHead(status: number, fields: Fields): void {
    const response = this.#response;
    this.#clock.status = status;
    if (!response.shouldKeepAlive) fields.connection = 'close';
    // Without this Node adds its own.
    else response.removeHeader('connection');
    for (const name in fields) response.setHeader(name, fields[name] as string | string[]);
    dropVainTrailer(response, isChunked(status, fields['transfer-encoding']));
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
    this.#reply(failureReply(this.#request, this.#arrival, failure));
  }

  #reply({ status, fields, body }: LocalReply): void {
    const response = this.#response;
    // The rest of an unread request would stand in the way of the next one.
    if (!this.#incoming.complete) response.shouldKeepAlive = false;
    if (body === '') fields['content-length'] = '0';
    clearHead(response);
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

/** Istio answers HTTP/1.0 so unless it is told otherwise (`PILOT_HTTP10`). */
function refuseOldVersion(response: ServerResponse): void {
  response.sendDate = false;
  response.writeHead(426, { 'content-length': '0', connection: 'close' });
  response.end();
}
