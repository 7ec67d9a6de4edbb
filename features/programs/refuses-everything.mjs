// A local process that answers every request at once, and otherwise than the workload: HTTP with status 500, gRPC with PERMISSION_DENIED.
import { createServer as createHttp1 } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';
import { createServer } from 'node:net';

const http1 = createHttp1((request, response) => {
  request.resume();
  response.writeHead(500).end('no\n');
});
const http2 = createHttp2();
http2.on('stream', (stream) => {
  stream.on('error', () => {});
  stream.resume();
  stream.respond(
    { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '7', 'grpc-message': 'not here' },
    { endStream: true },
  );
});
createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', (start) => {
    socket.pause();
    socket.unshift(start);
    if (start.subarray(0, 3).equals(Buffer.from('PRI'))) http2.emit('connection', socket);
    else {
      http1.emit('connection', socket);
      socket.resume();
    }
  });
}).listen(Number(process.env.PORT));
