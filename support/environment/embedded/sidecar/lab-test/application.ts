/** The application of the sidecar's lab test: servers that answer in every way that a proxy could get wrong. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { runProgram } from '../../../../program/program.js';
import { ECHO_PROTO, PORTS } from './ports.js';

/** Read before the program gives up its privileges. */
const DEFINITION = loadSync(ECHO_PROTO, { keepCase: true, defaults: true });

/** What the application has seen, for assertions. */
export interface Seen {
  /** `remote address:local address` of every connection, by port. */
  readonly connections: Record<number, string[]>;
  readonly requests: { readonly method: string; readonly path: string; readonly headers: readonly string[] }[];
  /** Lengths of the HEADERS payloads that came to the port `headerBlocks`. */
  readonly headerBlocks: number[];
  /** Codes with which HTTP/2 streams were reset, and how TCP connections ended. */
  readonly ends: (number | string)[];
}

const HEADERS_FRAME = 1;
const seen: Seen = { connections: {}, requests: [], headerBlocks: [], ends: [] };

runProgram(async () => {
  await Promise.all([http1(), http2(), headerBlocks(), grpcServer(), echo(), serverFirst(), resetting()]);
  return { handlers: { seen: () => structuredClone(seen) } };
});

function listening(server: Server, port: number, host = '0.0.0.0'): Promise<void> {
  server.on('connection', (socket: Socket) => {
    seen.connections[port] ??= [];
    seen.connections[port].push(`${socket.remoteAddress} ${socket.localAddress}`);
  });
  return new Promise((resolve) => server.listen(port, host, resolve));
}

async function http1(): Promise<void> {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    seen.requests.push({ method: request.method ?? '', path: request.url ?? '', headers: request.rawHeaders });
    request.on('aborted', () => seen.ends.push('aborted'));
    const url = new URL(request.url ?? '/', 'http://application');
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    switch (url.pathname) {
      case '/echo':
        response.writeHead(200, { Server: 'application', 'X-Empty': '' });
        response.flushHeaders();
        request.pipe(response);
        return;
      case '/trailers':
        response.writeHead(200, { Trailer: 'x-sum' });
        request.resume().on('end', () => {
          response.addTrailers({ 'x-sum': request.trailers['x-sum'] ?? 'none' });
          response.end('done');
        });
        return;
      case '/hints':
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.end('after hints');
        return;
      case '/early':
        // Answers without having read the request.
        response.writeHead(413, { connection: 'close' });
        response.end('too large');
        return;
      case '/vain-trailer':
        request.socket.end('HTTP/1.1 200 OK\r\ntrailer: x-sum\r\ncontent-length: 2\r\n\r\nok');
        return;
      case '/silent':
        return;
      case '/hang-up':
        request.socket.destroy();
        return;
      case '/hang-up-in-body':
        response.writeHead(200, { 'content-length': '100' });
        response.write('only this', () => request.socket.destroy());
        return;
      case '/no-http':
        request.socket.end('this is no HTTP\r\n\r\n');
        return;
      case '/events': {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        let sent = 0;
        const timer = setInterval(() => {
          response.write(`data: ${sent++}\n\n`);
          if (sent === 3) {
            clearInterval(timer);
            response.end();
          }
        }, 20);
        return;
      }
      case '/204':
        response.writeHead(204).end();
        return;
      default:
        response.end('hello');
    }
  };
  const server = createServer(answer);
  server.on('checkContinue', (request, response) => {
    if (request.url === '/refuse') {
      response.writeHead(417, { 'content-length': '0' });
      response.end();
    } else {
      response.writeContinue();
      answer(request, response);
    }
  });
  server.on('upgrade', (request, socket) => {
    if (request.url === '/no') {
      socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
      return;
    }
    const agreed = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
    socket.write(`${agreed}Sec-WebSocket-Accept: accepted\r\n\r\nfirst `);
    socket.pipe(socket);
  });
  await listening(server, PORTS.http1);
  await listening(createServer(answer), PORTS.loopbackOnly, '127.0.0.1');
}

function answerHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: readonly string[]): void {
  seen.requests.push({ method: String(headers[':method']), path: String(headers[':path']), headers: raw });
  stream.on('error', () => {});
  stream.on('close', () => {
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) seen.ends.push(stream.rstCode ?? -1);
  });
  switch (headers[':path']) {
    case '/echo':
      stream.respond({ ':status': 200, 'x-note': raw[raw.indexOf('x-note') + 1] ?? 'none' });
      stream.pipe(stream);
      return;
    case '/trailers':
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('trailers', (trailers: IncomingHttpHeaders) => {
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': trailers['x-sum'] ?? 'none' }));
      });
      stream.resume().on('end', () => stream.end('done'));
      return;
    case '/hints':
      stream.additionalHeaders({ ':status': 103, link: '</style.css>' });
      stream.respond({ ':status': 200 }, { endStream: true });
      return;
    case '/early':
      stream.respond({ ':status': 413 });
      stream.end('too large');
      stream.close(constants.NGHTTP2_NO_ERROR);
      return;
    case '/reset-at-once':
      stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      return;
    case '/reset-later':
      // Waiting for trailers keeps Node from ending the stream in good order before it resets it.
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.write('some', () => setTimeout(() => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM), 20));
      return;
    case '/goaway':
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
      stream.respond({ ':status': 200 });
      stream.end('last on this connection');
      return;
    case '/crash':
      stream.session?.destroy();
      return;
    case '/crash-later':
      stream.respond({ ':status': 200 });
      stream.write('some', () => setTimeout(() => stream.session?.destroy(), 20));
      return;
    case '/silent':
      stream.resume();
      return;
    default:
      stream.respond({ ':status': 200 });
      stream.end('hello');
  }
}

async function http2(): Promise<void> {
  const server = createHttp2Server();
  server.on('stream', (stream, headers, _, ...rest) =>
    answerHttp2(stream, headers, (rest as unknown[])[0] as string[]),
  );
  await listening(server, PORTS.http2);
}

/** HTTP/2 over a connection whose frames are looked at: how large are the header blocks? */
async function headerBlocks(): Promise<void> {
  const server = createTcpServer((socket) => {
    let unread = Buffer.alloc(0);
    let prefaced = false;
    const tap = new Duplex({
      read: () => socket.resume(),
      write: (chunk, _, done) => socket.write(chunk, () => done()),
      final: (done) => socket.end(() => done()),
    });
    socket.on('data', (chunk: Buffer) => {
      unread = Buffer.concat([unread, chunk]);
      if (!prefaced && unread.length >= 24) {
        unread = unread.subarray(24);
        prefaced = true;
      }
      while (prefaced && unread.length >= 9 && unread.length >= 9 + unread.readUIntBE(0, 3)) {
        const length = unread.readUIntBE(0, 3);
        if (unread[3] === HEADERS_FRAME) seen.headerBlocks.push(length);
        unread = unread.subarray(9 + length);
      }
      tap.push(chunk);
    });
    socket.on('end', () => tap.push(null));
    socket.on('error', () => tap.destroy());
    const session = performServerHandshake(tap);
    session.on('error', () => {});
    session.on('stream', (stream, headers) => answerHttp2(stream, headers, []));
  });
  await listening(server, PORTS.headerBlocks);
}

async function grpcServer(): Promise<void> {
  const service = DEFINITION['mirrorspec.echo.v1.Echo'] as unknown as grpc.ServiceDefinition;
  interface Request {
    readonly payload: Buffer;
    readonly control: {
      readonly status: number;
      readonly status_message: string;
      readonly fail_at_once: boolean;
    } | null;
  }
  const server = new grpc.Server();
  server.addService(service, {
    Unary: (call: grpc.ServerUnaryCall<Request, unknown>, done: grpc.sendUnaryData<unknown>) => {
      const trailers = new grpc.Metadata();
      trailers.set('x-trailer', 'kept');
      trailers.set('x-trailer-bin', Buffer.from([0, 1, 255]));
      const { control, payload } = call.request;
      if (control?.fail_at_once === true) {
        done({ code: control.status, details: control.status_message, metadata: trailers });
        return;
      }
      const initial = new grpc.Metadata();
      initial.set('x-initial-bin', call.metadata.get('x-sent-bin')[0] ?? Buffer.alloc(0));
      call.sendMetadata(initial);
      done(null, { payload }, trailers);
    },
    ClientStream: (call: grpc.ServerReadableStream<Request, unknown>, done: grpc.sendUnaryData<unknown>) => {
      const payloads: Buffer[] = [];
      call.on('data', ({ payload }: Request) => payloads.push(payload));
      call.on('end', () => done(null, { payload: Buffer.concat(payloads) }));
    },
    ServerStream: (call: grpc.ServerWritableStream<Request, unknown>) => {
      for (let index = 0; index < 3; index++) call.write({ payload: call.request.payload, index });
      call.end();
    },
    BidiStream: (call: grpc.ServerDuplexStream<Request, unknown>) => {
      let index = 0;
      call.on('cancelled', () => seen.ends.push('grpc cancelled'));
      call.on('data', ({ payload }: Request) => call.write({ payload, index: index++ }));
      call.on('end', () => call.end());
    },
  });
  await new Promise<void>((resolve, reject) => {
    const bound = (error: Error | null) => (error === null ? resolve() : reject(error));
    server.bindAsync(`0.0.0.0:${PORTS.grpc}`, grpc.ServerCredentials.createInsecure(), bound);
  });
}

async function echo(): Promise<void> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', (error: NodeJS.ErrnoException) => seen.ends.push(String(error.code)));
    socket.pipe(socket);
  });
  await listening(server, PORTS.echo);
}

async function serverFirst(): Promise<void> {
  const server = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    socket.write('220 ready\r\n');
    // Answers only when the client has ended its side.
    let length = 0;
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length;
    });
    socket.on('end', () => socket.end(`got ${length}`));
  });
  await listening(server, PORTS.serverFirst);
}

async function resetting(): Promise<void> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.resetAndDestroy());
  });
  await listening(server, PORTS.reset);
}
