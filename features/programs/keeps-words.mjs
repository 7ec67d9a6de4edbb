// A workload with a protocol of its own over TCP: it keeps what it is told in lines such as `SET key value`, and says so.
import { createServer } from 'node:net';

const words = new Map();
createServer((socket) => {
  let rest = '';
  socket.on('error', () => {});
  socket.on('data', (data) => {
    const lines = (rest + data).split('\r\n');
    rest = lines.pop();
    for (const line of lines) {
      const [verb, key, ...value] = line.split(' ');
      if (verb === 'SET') words.set(key, value.join(' '));
      socket.write(verb === 'SET' ? '+OK\r\n' : `-ERR unknown command ${verb}\r\n`);
    }
  });
}).listen(Number(process.env.PORT));
