import { type ClientRequest, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hasField, pairsOf } from '../../fields.js';
import { badGateway } from './bad-gateway.js';
import { answerFields, HEADER_LIMIT, hasBody, requestApplication } from './http1-request.js';
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
    this.#server = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: 0,
      maxHeaderSize: HEADER_LIMIT,
      requireHostHeader: false,
    });
    this.#server.maxHeadersCount = 0;
    this.#server.timeout = 0;
    const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
      const intercepted = this.#of(incoming.socket);
      // A pipelined request waits for its turn.
      if (response.socket === null)
        response.once('socket', () => new Exchange(incoming, response, intercepted).begin());
      else new Exchange(incoming, response, intercepted).begin();
      this.#count(incoming.socket, 1);
      response.once('close', () => this.#count(incoming.socket, -1));
    };
    this.#server.on('request', serve);
    this.#server.on('checkContinue', serve);
    this.#server.on('checkExpectation', serve);
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
    application.on('information', ({ statusCode, rawHeaders }) => this.#inform(statusCode, rawHeaders));
    application.on('response', (answer) => this.#answer(answer));
    this.#response.once('close', () => {
      const aborted = !this.#response.writableFinished;
      if (aborted) application.destroy();
      this.#tap.close(aborted ? 'the caller broke the request off' : undefined);
    });
    this.#passBody(application);
  }

  #passBody(application: ClientRequest): void {
    const incoming = this.#incoming;
    if (!hasBody(incoming)) {
      incoming.resume();
      application.end();
      this.#tap.end();
      return;
    }
    incoming.on('data', (bytes: Buffer) => this.#tap.data(bytes));
    incoming.pipe(application, { end: false });
    incoming.once('end', () => {
      this.#tap.trailers(incoming.rawTrailers);
      this.#tap.end();
      if (application.writableEnded || application.destroyed) return;
      if (incoming.rawTrailers.length > 0) application.addTrailers(pairsOf(incoming.rawTrailers));
      application.end();
    });
    application.once('close', () => {
      incoming.unpipe(application);
      incoming.resume();
    });
    // The head goes on ahead of a body that is slow to come; one that is here already leaves with it.
    setImmediate(() => {
      if (!application.headersSent && !application.destroyed) application.flushHeaders();
    });
  }

  /** A `100 Continue` and other interim answers. */
  #inform(status: number, rawHeaders: readonly string[]): void {
    const response = this.#response;
    if (response.headersSent || response.destroyed) return;
    if (status === 100) {
      response.writeContinue();
      return;
    }
    const lines = pairsOf(rawHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
    response.socket?.write(`HTTP/1.1 ${status} \r\n${lines.join('')}\r\n`, 'latin1');
  }

  #answer(answer: IncomingMessage): void {
    const response = this.#response;
    const { statusCode = 0, statusMessage = '', headers } = answer;
    answer.on('error', () => this.#breakOff());
    answer.once('end', () => {
      if (!answer.complete) this.#breakOff();
      else if (!response.writableEnded && !response.destroyed) {
        if (answer.rawTrailers.length > 0) response.addTrailers(pairsOf(answer.rawTrailers));
        response.end();
      }
    });
    const fields = answerFields(answer, this.#intercepted);
    if (
      headers['content-length'] === undefined &&
      headers['transfer-encoding'] === undefined &&
      this.#incoming.method !== 'HEAD' &&
      statusCode !== 204 &&
      statusCode !== 304
    ) {
      fields.push('Transfer-Encoding', 'chunked');
    }
    this.#writeHead(statusCode, statusMessage, fields);
    answer.pipe(response, { end: false });
    setImmediate(() => {
      if (!response.writableEnded && !response.destroyed) response.flushHeaders();
    });
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
