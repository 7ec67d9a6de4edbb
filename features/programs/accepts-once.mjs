// A local process that listens until it has got one connection, and goes on without a port.
import { createServer } from 'node:net';

const server = createServer((socket) => {
  socket.resume();
  server.close();
}).listen(Number(process.env.PORT));
setInterval(() => {}, 60_000);
