/** Sends bytes to itself over the loopback interface of its pod, as fast as TCP lets it. */

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { runProgram } from '../support/program/program.js';

const CHUNK = Buffer.alloc(256 * 1024, 'bulk');

runProgram<{ readonly port: number }>(async ({ options }) => {
  const server = createServer((socket) => socket.resume());
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    handlers: {
      /** Sends `bytes` over a new connection; answers with the seconds that it took until the other end had read all. */
      send: async ({ bytes }: { readonly bytes: number }) => {
        const accepted = once(server, 'connection');
        const socket = connect(options.port, '127.0.0.1');
        const [peer] = (await accepted) as [NodeJS.ReadableStream];
        const ended = once(peer, 'end');
        const start = performance.now();
        for (let sent = 0; sent < bytes; sent += CHUNK.length) {
          if (!socket.write(CHUNK)) await once(socket, 'drain');
        }
        socket.end();
        await ended;
        return (performance.now() - start) / 1000;
      },
    },
  };
});
