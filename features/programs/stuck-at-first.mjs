// A local process that is stuck for a while as soon as it is sent something: it accepts and reads nothing for two and a half seconds. The
// kernel takes some connections for it meanwhile; further ones hang until they are tried again, three seconds after the first time.
import { createServer } from 'node:net';

const STUCK_MS = 2500;
const TAKEN_BY_THE_KERNEL = 32;
let stuck = false;

createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', () => {
    if (stuck) return;
    stuck = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STUCK_MS);
  });
}).listen({ port: Number(process.env.PORT), backlog: TAKEN_BY_THE_KERNEL });
