import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { performServerHandshake, type ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';

/** RFC 6455 §1.3. */
const WEBSOCKET_KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** Room for what a real server would have granted, and more: the copy must not wait for the built-in receiver. */
const WINDOW = 16 * 1024 * 1024;
const LIMITS = { maxSessionMemory: 512, maxHeaderListPairs: 1000 } as const;

/**
 * Answers HTTP requests as shortly as possible, once they are complete: 200, and 101 to an offer to change the protocol. Who
 * replays requests needs answers to go on, though nobody reads them.
 */
export class AnsweringServer {
  readonly #http1: Server;

  constructor() {
    this.#http1 = createServer({
      requestTimeout: 0,
      headersTimeout: 0,
      keepAliveTimeout: 0,
      maxHeaderSize: 1024 * 1024,
      requireHostHeader: false,
    });
    this.#http1.maxHeadersCount = 0;
    this.#http1.timeout = 0;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      request.on('error', () => {});
      request.resume();
      request.on('end', () => response.end());
    };
    this.#http1.on('request', answer);
    this.#http1.on('checkContinue', (request, response) => {
      response.writeContinue();
      answer(request, response);
    });
    this.#http1.on('checkExpectation', answer);
    this.#http1.on('clientError', (_, socket) => socket.destroy());
    this.#http1.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      socket.on('error', () => {});
      socket.write(agreement(request));
      socket.resume();
      socket.on('end', () => socket.end());
    });
  }

  serve(stream: Duplex, version: 'HTTP/1.1' | 'HTTP/2'): void {
    if (version === 'HTTP/1.1') this.#http1.emit('connection', stream);
    else serveHttp2(stream);
  }
}

function serveHttp2(stream: Duplex): void {
  const session = performServerHandshake(stream as never, {
    ...LIMITS,
    settings: { initialWindowSize: WINDOW, maxHeaderListSize: 1024 * 1024 },
  });
  session.on('error', () => {});
  session.setLocalWindowSize(WINDOW);
  session.on('stream', (exchange: ServerHttp2Stream) => {
    exchange.on('error', () => {});
    exchange.resume();
    exchange.on('end', () => {
      if (!exchange.closed && !exchange.destroyed) exchange.respond({ ':status': 200 }, { endStream: true });
    });
  });
}

function agreement({ headers }: IncomingMessage): string {
  const key = headers['sec-websocket-key'];
  const accept =
    key === undefined
      ? ''
      : `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key}${WEBSOCKET_KEY}`).digest('base64')}\r\n`;
  return `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${headers.upgrade}\r\n${accept}\r\n`;
}
