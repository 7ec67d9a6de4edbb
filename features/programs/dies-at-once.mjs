// A local process that ends as soon as it is sent anything.
import { createServer } from 'node:net';

createServer((socket) => socket.once('data', () => process.exit(0))).listen(Number(process.env.PORT));
