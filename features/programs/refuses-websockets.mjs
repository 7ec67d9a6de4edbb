// A local process that answers every request with 404, also one that offers to become a WebSocket.
import { createServer } from 'node:http';

createServer((request, response) => {
  request.resume();
  response.writeHead(404).end();
}).listen(Number(process.env.PORT));
