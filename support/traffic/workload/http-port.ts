import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  constants,
  createServer as createHttp2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { bytesOf } from '../../model/bytes.js';
import type { Header } from '../../model/journal.js';
import { protocolSpoken } from '../../model/protocol.js';
import { Http1Carrier } from './http1-carrier.js';
import { Http2Carrier } from './http2-carrier.js';
import { pseudoHeader } from './http2-stream-journal.js';
import { WEB_SOCKETS } from './libraries.js';
import { type Listener, listen, type ServerTls } from './listener.js';
import { ServerExchange } from './server-exchange.js';
import { type ConnectionJournal, headerOf, headersOf, type RequestHead, type ServerJournal } from './server-journal.js';
import { headWithoutUpgrade, offersWebSocket } from './upgrade-offer.js';
import type { WebSocketEcho } from './websocket-echo.js';

/** What a client with prior knowledge of HTTP/2 says first (RFC 9113 §3.4). */
const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Serves HTTP/1.1 and HTTP/2 on one port, told apart by the first bytes of a connection, or in TLS by what was agreed on. */
export function serveHttp(
  address: { readonly host: string; readonly port: number },
  journal: ServerJournal,
  answer: (exchange: ServerExchange) => void,
  tls?: ServerTls,
): Promise<Listener> {
  const connections = new WeakMap<Socket, ConnectionJournal>();
  const http1 = createHttp1({ connections, answer });
  const http2 = createHttp2(answer);
  const take = (socket: Socket, connection: ConnectionJournal): void => {
    connections.set(socket, connection);
    if (socket instanceof TLSSocket && socket.alpnProtocol === 'h2') {
      http2.serve(socket, connection);
      return;
    }
    whenProtocolIsClear(socket, connection, (isHttp2) => {
      if (isHttp2) http2.serve(socket, connection);
      else {
        // A client of HTTP/1.1 may close its side and still read the answer; Node's own HTTP/1.1 server allows it, its HTTP/2
        // server does not.
        socket.allowHalfOpen = true;
        http1.emit('connection', socket);
        // HTTP/2 takes by itself what was read already; HTTP/1.1 when the socket flows.
        socket.resume();
      }
    });
  };
  return listen(address, journal, take, tls);
}

/** Reads what it takes to tell the protocol, and gives it back to the socket. */
function whenProtocolIsClear(socket: Socket, connection: ConnectionJournal, tell: (isHttp2: boolean) => void): void {
  let start: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
    const length = Math.min(start.length, HTTP2_PREFACE.length);
    const isHttp2 = start.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
    if (isHttp2 && length < HTTP2_PREFACE.length) return;
    socket.off('data', onData);
    socket.off('end', onEnd);
    socket.pause();
    socket.unshift(start);
    tell(isHttp2);
  };
  // The socket closes by itself.
  const onEnd = (): void => {
    if (start.length > 0) connection.raw(bytesOf(start), 'no-http', 'the connection ended within a preface of HTTP/2');
  };
  socket.on('data', onData);
  socket.on('end', onEnd);
}

function createHttp1({
  connections,
  answer,
}: {
  readonly connections: WeakMap<Socket, ConnectionJournal>;
  readonly answer: (exchange: ServerExchange) => void;
}) {
  let webSockets: WebSocketEcho | undefined;
  // No limits of time: sidecars keep idle connections for an hour, and streams may be silent for long.
  const server = createHttp1Server({
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    maxHeaderSize: 256 * 1024,
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections.get(request.socket);
    if (connection === undefined) throw new Error('a request on a connection that was not accepted here');
    const headers = headersOf(request.rawHeaders);
    const head = headOf(request, headers);
    const hasBody =
      headerOf(headers, 'transfer-encoding') !== undefined || (headerOf(headers, 'content-length') ?? '0') !== '0';
    const carrier = new Http1Carrier(request, response, connection);
    answer(new ServerExchange(carrier, connection.begin(head), { head, peer: connection.remote, hasBody }));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, behind: Buffer) => {
    const connection = connections.get(socket);
    if (connection === undefined) throw new Error('a request on a connection that was not accepted here');
    const headers = headersOf(request.rawHeaders);
    if (!offersWebSocket(headers)) {
      // Other offers are ignored: the request is read again without them.
      socket.unshift(Buffer.concat([headWithoutUpgrade(request), behind]));
      server.emit('connection', socket);
      return;
    }
    socket.on('error', () => {});
    WEB_SOCKETS.use(({ WebSocketEcho }) => {
      webSockets ??= new WebSocketEcho();
      webSockets.accept({ request, socket, behind, head: headOf(request, headers), connection });
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Socket) => {
    const bytes = error.rawPacket;
    if (bytes !== undefined) {
      // 22 is the record type of a TLS handshake.
      connections.get(socket)?.raw(bytesOf(bytes), bytes[0] === 22 ? 'tls' : 'malformed', error.message);
    }
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n');
  });
  return server;
}

function headOf({ method = '', url = '' }: IncomingMessage, headers: readonly Header[]): RequestHead {
  const authority = headerOf(headers, 'host');
  return { protocol: protocolSpoken('1.1', headers), method, path: url, authority, headers };
}

function createHttp2(answer: (exchange: ServerExchange) => void) {
  const sessions = new WeakMap<ServerHttp2Session, ConnectionJournal>();
  // Node's default of 10 MB for all streams of a session would refuse streams while large bodies are in flight.
  const server = createHttp2Server({ maxSessionMemory: 1024 });
  let accepted: ConnectionJournal | undefined;
  server.on('session', (session: ServerHttp2Session) => {
    if (accepted !== undefined) sessions.set(session, accepted);
    session.on('error', () => {});
  });
  server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, flags: number, rawHeaders: readonly string[]) => {
    const connection = sessions.get(stream.session as ServerHttp2Session);
    if (connection === undefined) throw new Error('a stream on a connection that was not accepted here');
    const headers = headersOf(rawHeaders);
    const head = {
      protocol: protocolSpoken('2', headers),
      method: pseudoHeader(rawHeaders, ':method') ?? '',
      path: pseudoHeader(rawHeaders, ':path') ?? '',
      authority: pseudoHeader(rawHeaders, ':authority') ?? headerOf(headers, 'host'),
      headers,
    };
    const hasBody = (flags & constants.NGHTTP2_FLAG_END_STREAM) === 0;
    if (hasBody && headerOf(headers, 'expect') === '100-continue') stream.additionalHeaders({ ':status': 100 });
    const carrier = new Http2Carrier(stream, connection);
    answer(new ServerExchange(carrier, connection.begin(head), { head, peer: connection.remote, hasBody }));
  });
  return {
    serve(socket: Socket, connection: ConnectionJournal): void {
      accepted = connection;
      // Makes the session within this call.
      server.emit('connection', socket);
      accepted = undefined;
    },
  };
}
