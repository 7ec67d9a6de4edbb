import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import {
  announcesNoBody,
  type FieldPairs,
  mayAnswerWithBody,
  passInterim,
  passRequestBody,
  passResponseBody,
  proxyServer,
  responseHead,
  whenItsTurn,
} from './http1.js';

const pairsOf = (raw: readonly string[]): FieldPairs =>
  Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? '', raw[2 * at + 1] ?? '']);

async function listen(context: TestContext, server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A proxy in front of a server, and what it saw of the requests that went through it. */
async function proxyFor(context: TestContext, serve: RequestListener) {
  const far = await listen(context, createServer(serve));
  const ended: (readonly string[])[] = [];
  const server = proxyServer({}, (incoming, response) =>
    whenItsTurn(response, () => {
      response.on('error', () => {});
      incoming.on('error', () => {});
      const { method = '', url = '', rawHeaders } = incoming;
      const upstream = request({ agent: false, port: far, host: '127.0.0.1', method, path: url, setHost: false });
      for (const [name, value] of pairsOf(rawHeaders)) upstream.setHeader(name, value);
      upstream.on('information', ({ statusCode, rawHeaders: fields }) =>
        passInterim(response, statusCode, () => responseHead(statusCode, 'Interim', pairsOf(fields))),
      );
      upstream.on('error', () => response.destroy());
      upstream.on('response', (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.rawHeaders);
        passResponseBody(answer, response, pairsOf, () => response.destroy());
      });
      passRequestBody(incoming, upstream, pairsOf, (trailers) => ended.push(trailers));
    }),
  );
  return { port: await listen(context, server), ended };
}

/** Sends bytes on a connection; all that comes back until it closes. */
async function exchange(port: number, ...pieces: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let received = '';
  socket.on('data', (data: Buffer) => {
    received += data.toString('latin1');
    const next = pieces.shift();
    if (next !== undefined) socket.write(next);
  });
  socket.write(pieces.shift() ?? '');
  await once(socket, 'close');
  return received;
}

describe('an HTTP/1 exchange that is passed on', () => {
  it('keeps the body and the trailers of both sides', async (context) => {
    const { port, ended } = await proxyFor(context, (incoming, response) => {
      let body = '';
      incoming.on('data', (data: Buffer) => {
        body += data;
      });
      incoming.on('end', () => {
        response.writeHead(200, { trailer: 'sum', connection: 'close' });
        response.write(`${body} with ${incoming.rawTrailers.join('=')}`);
        response.addTrailers({ sum: '2' });
        response.end();
      });
    });
    const received = await exchange(
      port,
      'POST / HTTP/1.1\r\nhost: a\r\ntrailer: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx: 1\r\n\r\n',
    );
    assert.match(received, /\r\nabc with x=1\r\n0\r\nsum: 2\r\n\r\n$/);
    assert.deepEqual(ended, [['x', '1']]);
  });

  it('goes on without a body where none follows', async (context) => {
    const { port, ended } = await proxyFor(context, (_, response) => {
      response.writeHead(200, { connection: 'close' });
      response.end('here');
    });
    assert.match(await exchange(port, 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'), /here/);
    assert.deepEqual(ended, [[]]);
  });

  it('sends the head of a request ahead of a body that is slow, and interim responses before the response', async (context) => {
    const { port } = await proxyFor(context, (incoming, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      incoming.resume();
      incoming.on('end', () => {
        response.writeHead(200, { connection: 'close' });
        response.end('late');
      });
    });
    const received = await exchange(port, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n', 'ab');
    assert.match(received, /^HTTP\/1\.1 103 Interim\r\nLink: <\/a>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/i);
    assert.match(received, /late/);
  });

  it('begins with a pipelined request when the one before it has its response', async (context) => {
    const begun: string[] = [];
    const first: (() => void)[] = [];
    const server = proxyServer({}, ({ url = '' }, response) => {
      whenItsTurn(response, () => {
        begun.push(url);
        if (url === '/first') first.push(() => response.end());
        else response.end();
      });
      if (url === '/first') return;
      assert.deepEqual(begun, ['/first']);
      for (const answer of first) answer();
    });
    await exchange(
      await listen(context, server),
      'GET /first HTTP/1.1\r\nhost: a\r\n\r\nGET /second HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    );
    assert.deepEqual(begun, ['/first', '/second']);
  });

  it('breaks off a response that is not complete', async (context) => {
    const far = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'));
    });
    const port = await listen(context, far);
    const broken: string[] = [];
    const server = proxyServer({}, (incoming, response) => {
      const upstream = request({ agent: false, port, host: '127.0.0.1' });
      upstream.on('response', (answer) => {
        response.writeHead(200, answer.rawHeaders);
        passResponseBody(answer, response, pairsOf, (error) => {
          broken.push(error.message);
          response.destroy();
        });
      });
      passRequestBody(incoming, upstream, pairsOf);
    });
    const received = await exchange(await listen(context, server), 'GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    assert.match(received, /half$/);
    assert.notDeepEqual(broken, []);
  });
});

describe('what HTTP/1 says of bodies', () => {
  it('asks a request without a body for its length where its method could have one', () => {
    assert.deepEqual(['GET', 'DELETE', 'POST', 'PATCH'].map(announcesNoBody), [false, false, true, true]);
  });

  it('knows responses that have none', () => {
    assert.equal(mayAnswerWithBody('GET', 200), true);
    assert.equal(mayAnswerWithBody('HEAD', 200), false);
    assert.equal(mayAnswerWithBody('GET', 204), false);
    assert.equal(mayAnswerWithBody('GET', 304), false);
  });
});
