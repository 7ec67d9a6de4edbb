// A local process that closes every connection a moment after something has come on it, without an answer, and listens on.
import { createServer } from 'node:net';

createServer((socket) => {
  socket.on('error', () => {});
  socket.resume();
  socket.once('data', () => setTimeout(() => socket.destroy(), 100));
}).listen(Number(process.env.PORT));
