// A local process that closes every connection as soon as anything comes on it, and listens on.
import { createServer } from 'node:net';

createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.destroy());
}).listen(Number(process.env.PORT));
