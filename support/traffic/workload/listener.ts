import { createServer, type Socket } from 'node:net';
import type { ConnectionJournal, ServerJournal } from './server-journal.js';

/** A port that is listened on. */
export interface Listener {
  readonly port: number;
  /** Stops listening and destroys every connection. */
  dispose(): Promise<void>;
}

/**
 * Listens on a port and numbers its connections before any protocol sees them, so that one that never speaks is in the
 * journal, too. Port 0 is any free one.
 */
export function listen(
  address: { readonly host: string; readonly port: number },
  journal: ServerJournal,
  onConnection: (socket: Socket, connection: ConnectionJournal) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    onConnection(socket, journal.accept(socket));
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
