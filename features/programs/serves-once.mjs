// A workload that answers one request and then stops to listen, though its process goes on.
import { createServer } from 'node:http';

const server = createServer((_request, response) => {
  response.setHeader('connection', 'close').end('served once');
  server.close();
}).listen(Number(process.env.PORT));
setInterval(() => {}, 60_000);
