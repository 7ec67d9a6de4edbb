import type { ClientRequest, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  mayAnswerWithBody,
  onceUnanswered,
  passInterim,
  passRequestBody,
  passResponseBody,
  proxyServer,
  responseHead,
  whenItsTurn,
} from '../../../wire/proxying/http1.js';
import { hasField, pairsOf } from '../../fields.js';
import { badGateway } from './bad-gateway.js';
import { answerFields, HEADER_LIMIT, requestApplication } from './http1-request.js';
import { passUpgrade } from './http1-upgrade.js';
import { failureText, type Intercepted } from './intercepted.js';
import type { MirrorTap } from './redirect-client.js';

/**
 * Serves HTTP/1 on connections that were led to the agent. Every request goes to the application on a new connection
 * (mirrord 3.250 incoming/connection/http_task.rs), with its header fields as they came, and is mirrored by itself.
 */
export class Http1Passthrough {
  readonly #intercepted = new WeakMap<Duplex, Intercepted>();
  /** How many requests are under way on each open connection. */
  readonly #connections = new Map<Duplex, number>();
  #ending = false;
  readonly #server: Server;

  constructor() {
    this.#server = proxyServer({ maxHeaderSize: HEADER_LIMIT, requireHostHeader: false }, (incoming, response) => {
      const intercepted = this.#of(incoming.socket);
      whenItsTurn(response, () => new Exchange(incoming, response, intercepted).begin());
      this.#count(incoming.socket, 1);
      response.once('close', () => this.#count(incoming.socket, -1));
    });
    this.#server.on('upgrade', (incoming: IncomingMessage, socket: Socket, head: Buffer) => {
      const intercepted = this.#of(socket);
      // From here on it is no HTTP connection any more, until the application declines.
      this.#connections.delete(socket);
      passUpgrade({
        incoming,
        socket,
        head,
        intercepted,
        tap: mirror(incoming, intercepted),
        goOn: () => this.serve(socket, intercepted),
      });
    });
  }

  /** @param socket what was read of it must have been put back. */
  serve(socket: Socket, intercepted: Intercepted): void {
    this.#intercepted.set(socket, intercepted);
    this.#connections.set(socket, 0);
    socket.once('close', () => this.#connections.delete(socket));
    this.#server.emit('connection', socket);
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /** Closes connections, those on which a request is under way when it is answered. */
  close(): void {
    this.#ending = true;
    for (const [socket, requests] of [...this.#connections]) if (requests === 0) socket.end();
  }

  #count(socket: Duplex, change: number): void {
    const requests = this.#connections.get(socket);
    if (requests === undefined) return;
    this.#connections.set(socket, requests + change);
    if (this.#ending && requests + change === 0) socket.end();
  }

  #of(socket: Duplex): Intercepted {
    const intercepted = this.#intercepted.get(socket);
    if (intercepted === undefined) throw new Error('a connection came past the agent');
    return intercepted;
  }
}

function mirror({ method = 'GET', url = '/', rawHeaders }: IncomingMessage, intercepted: Intercepted): MirrorTap {
  return intercepted.mirrorRequest({ version: '1.1', method, target: url, fields: rawHeaders });
}

/** One request and its response. */
class Exchange {
  readonly #incoming: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #intercepted: Intercepted;
  readonly #tap: MirrorTap;

  constructor(incoming: IncomingMessage, response: ServerResponse, intercepted: Intercepted) {
    this.#incoming = incoming;
    this.#response = response;
    this.#intercepted = intercepted;
    this.#tap = mirror(incoming, intercepted);
    response.on('error', () => {});
    incoming.on('error', () => {});
  }

  begin(): void {
    let application: ClientRequest;
    try {
      application = requestApplication(this.#incoming, this.#intercepted);
    } catch (error) {
      // What Node's server reads leniently, its client may refuse to write.
      this.#incoming.resume();
      this.#fail(error);
      return;
    }
    application.on('error', (error) => this.#fail(error));
    onceUnanswered(application, (error) => this.#fail(error));
    application.on('information', ({ statusCode, rawHeaders }) =>
      passInterim(this.#response, statusCode, () => responseHead(statusCode, '', pairsOf(rawHeaders))),
    );
    application.on('response', (answer) => this.#answer(answer));
    this.#response.once('close', () => {
      const aborted = !this.#response.writableFinished;
      if (aborted) application.destroy();
      this.#tap.close(aborted ? 'the caller broke the request off' : undefined);
    });
    this.#incoming.on('data', (bytes: Buffer) => this.#tap.data(bytes));
    passRequestBody(this.#incoming, application, pairsOf, (rawTrailers) => {
      this.#tap.trailers(rawTrailers);
      this.#tap.end();
    });
  }

  #answer(answer: IncomingMessage): void {
    const { statusCode = 0, statusMessage = '', headers } = answer;
    const fields = answerFields(answer, this.#intercepted);
    if (
      headers['content-length'] === undefined &&
      headers['transfer-encoding'] === undefined &&
      mayAnswerWithBody(this.#incoming.method, statusCode)
    ) {
      fields.push('Transfer-Encoding', 'chunked');
    }
    try {
      this.#writeHead(statusCode, statusMessage, fields);
    } catch (error) {
      // What Node's client reads leniently, its server may refuse to write.
      answer.destroy();
      this.#fail(error);
      return;
    }
    passResponseBody(answer, this.#response, pairsOf, () => this.#breakOff());
  }

  #writeHead(status: number, statusMessage: string, fields: string[]): void {
    const response = this.#response;
    // Without this Node adds its own.
    response.removeHeader('connection');
    if (!response.shouldKeepAlive && !hasField(fields, 'connection')) fields.push('Connection', 'close');
    response.writeHead(status, statusMessage, fields);
  }

  #fail(error: unknown): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) {
      this.#breakOff();
      return;
    }
    const { status, body } = badGateway(this.#intercepted, error);
    this.#tap.close(failureText(error));
    // The rest of an unread request would stand in the way of the next one.
    if (!this.#incoming.complete) response.shouldKeepAlive = false;
    this.#writeHead(status, 'Bad Gateway', ['content-length', String(Buffer.byteLength(body))]);
    response.end(this.#incoming.method === 'HEAD' ? undefined : body);
  }

  /** The response cannot be completed: the caller learns it from its connection. */
  #breakOff(): void {
    if (!this.#response.writableFinished) this.#response.destroy();
  }
}
