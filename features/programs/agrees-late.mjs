// A local process that takes a second to agree to a WebSocket, and then answers nothing more.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const KEY = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

createServer((_request, response) => response.end())
  .on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    socket.resume();
    const accept = createHash('sha1')
      .update(request.headers['sec-websocket-key'] + KEY)
      .digest('base64');
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket'];
    setTimeout(() => socket.write([...lines, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n')), 1000);
    socket.on('end', () => socket.end());
  })
  .listen(Number(process.env.PORT));
