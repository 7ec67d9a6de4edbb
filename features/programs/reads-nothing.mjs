// A local process that accepts connections and never reads: what is mirrored to it piles up.
import { createServer } from 'node:net';

createServer((socket) => socket.pause()).listen(Number(process.env.PORT));
