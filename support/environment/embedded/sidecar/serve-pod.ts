import { createServer, type Server, type Socket } from 'node:net';
import type { LogLine } from '../../../model/session.js';

/** One of a proxy's ports and who takes in its connections. */
export interface ProxySide {
  readonly port: number;
  accept(socket: Socket): Promise<void>;
  /** Called with each of the servers that listen on it. */
  onListening?(server: Server): void;
}

/** Listens on all addresses of the pod. A connection that cannot be served is destroyed, and the log says so. */
export async function servePod(
  sides: readonly ProxySide[],
  { dualStack = false, log }: { readonly dualStack?: boolean; log(level: LogLine['level'], text: string): void },
): Promise<void> {
  const hosts = dualStack ? ['0.0.0.0', '::'] : ['0.0.0.0'];
  await Promise.all(
    sides.flatMap((side) =>
      hosts.map(async (host) => {
        const server = await listen(host, side.port, (socket) => {
          side.accept(socket).catch((error: unknown) => {
            socket.destroy();
            log('error', `a connection could not be served: ${error instanceof Error ? error.stack : String(error)}`);
          });
        });
        side.onListening?.(server);
      }),
    ),
  );
}

/** Listens on all addresses of one version of IP. Connections may be half-open. */
function listen(host: string, port: number, accept: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, accept);
    server.once('error', reject);
    server.listen({ port, host, ipv6Only: host === '::', backlog: 4096 }, () => resolve(server));
  });
}
