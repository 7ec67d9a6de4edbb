import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { ConnectionJournal, ServerJournal } from './server-journal.js';

/** A port that is listened on. */
export interface Listener {
  readonly port: number;
  /** Stops listening and destroys every connection. */
  dispose(): Promise<void>;
}

/** What a server that ends TLS shows. */
export interface ServerTls {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** A server of HTTP in TLS; a connection is accepted when its handshake is done. */
function createTls({ certificatePem, keyPem }: ServerTls, accept: (socket: Socket) => void): Server {
  return createTlsServer(
    { cert: certificatePem, key: keyPem, ALPNProtocols: ['h2', 'http/1.1'], noDelay: true },
    accept,
  );
}

/**
 * Listens on a port and numbers its connections before any protocol sees them, so that one that never speaks is in the
 * journal, too. Port 0 is any free one.
 */
export function listen(
  address: { readonly host: string; readonly port: number },
  journal: ServerJournal,
  onConnection: (socket: Socket, connection: ConnectionJournal) => void,
  tls?: ServerTls,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => onConnection(socket, journal.accept(socket));
  const server = tls === undefined ? createServer({ noDelay: true }, accept) : createTls(tls, accept);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
        dispose: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
