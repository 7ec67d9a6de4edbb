import type { Http2Server, Http2Session, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { type ConnectionInjector, Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { journalStream } from './http2-stream-journal.js';
import { type Listener, listen } from './listener.js';
import type { ConnectionJournal, ServerJournal } from './server-journal.js';

/** Serves gRPC over HTTP/2 cleartext on a port of its own. */
export async function serveGrpc(
  server: Server,
  address: { readonly host: string; readonly port: number },
  journal: ServerJournal,
): Promise<Listener> {
  const listener = await listen(address, journal, grpcAcceptor(server));
  return {
    port: listener.port,
    dispose: async () => {
      await listener.dispose();
      server.forceShutdown();
    },
  };
}

/**
 * Serves gRPC over HTTP/2 cleartext with grpc-js, journalled on the HTTP/2 streams below it: headers in wire order, the
 * bytes of messages, RST_STREAM codes, and also calls that grpc-js refuses itself (unknown methods).
 *
 * Sockets come from a listener of our own and are handed over with grpc-js's connection injector.
 */
export function grpcAcceptor(server: Server): (socket: Socket, connection: ConnectionJournal) => void {
  const { injector, http2Server } = createInjector(server);
  const connections = new Map<string, ConnectionJournal>();
  const sessions = new WeakMap<Http2Session, ConnectionJournal>();
  http2Server.prependListener('session', (session: Http2Session) => {
    const connection = connections.get(addressOf(session.socket));
    if (connection !== undefined) sessions.set(session, connection);
  });
  http2Server.prependListener(
    'stream',
    (stream: ServerHttp2Stream, _headers: unknown, _flags: number, rawHeaders: readonly string[]) => {
      const connection = stream.session === undefined ? undefined : sessions.get(stream.session);
      if (connection !== undefined) journalStream({ stream, rawHeaders }, connection);
    },
  );
  return (socket, connection) => {
    const key = addressOf(socket);
    connections.set(key, connection);
    socket.once('close', () => {
      if (connections.get(key) === connection) connections.delete(key);
    });
    injector.injectConnection(socket);
  };
}

export function createServer(options: ServerOptions = {}): Server {
  // Channelz counts every message and stream; nobody asks for it here.
  return new Server({ 'grpc.enable_channelz': 0, ...options });
}

/**
 * grpc-js keeps the http2 server that it makes for an injector to itself (1.14 `Server.createHttp2Server`), and offers
 * nothing else that shows streams. It is looked at while it is made; should a later version make it otherwise, starting
 * fails at once instead of serving without a journal.
 */
function createInjector(server: Server): {
  readonly injector: ConnectionInjector;
  readonly http2Server: Http2Server;
} {
  const maker = server as unknown as { createHttp2Server?: (credentials: ServerCredentials) => Http2Server };
  const create = maker.createHttp2Server?.bind(server);
  let http2Server: Http2Server | undefined;
  if (create !== undefined) {
    maker.createHttp2Server = (credentials) => {
      http2Server = create(credentials);
      return http2Server;
    };
  }
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  if (http2Server === undefined) throw new Error('this version of @grpc/grpc-js does not show its HTTP/2 server');
  return { injector, http2Server };
}

/** Tells the open connections of one port apart. A session's socket is a proxy, so that it is no key itself. */
function addressOf(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${socket.remoteAddress}|${socket.remotePort}`;
}
