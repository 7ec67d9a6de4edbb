import { once } from 'node:events';
import net from 'node:net';

/** What one client sent on one connection. */
export interface RecordedConnection {
  readonly bytes: Buffer;
}

/**
 * Records what real clients send: stands between them and a server that listens on 127.0.0.1, and notes the bytes from
 * client to server of each connection, in the order in which the connections were opened. `drive` is given the port to
 * connect to; the recording is complete when it has settled and the connections are closed.
 */
export async function recordConnections(
  serverPort: number,
  drive: (port: number) => Promise<void>,
): Promise<RecordedConnection[]> {
  const recordings: Buffer[][] = [];
  const closings: Promise<unknown>[] = [];
  const proxy = net.createServer({ allowHalfOpen: true }, (client) => {
    const chunks: Buffer[] = [];
    recordings.push(chunks);
    const server = net.connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true });
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    client.pipe(server);
    server.pipe(client);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    closings.push(new Promise((resolve) => client.on('close', resolve)));
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  try {
    await drive((proxy.address() as net.AddressInfo).port);
    await Promise.all(closings);
  } finally {
    proxy.close();
  }
  return recordings.map((chunks) => ({ bytes: Buffer.concat(chunks) }));
}

/** Listens on a free port of 127.0.0.1. */
export async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as net.AddressInfo).port;
}
