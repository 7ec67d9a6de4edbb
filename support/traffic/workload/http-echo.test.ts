import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { firstFlight, resetFrame } from './testing/raw-http2.js';
import { headerText, outline, testEcho, until } from './testing/running-echo.js';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly trailers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
}

type Client = (t: TestContext, port: number, ask: Ask) => Promise<Answer>;

const http1: Client = async (_t, port, { method = 'GET', path = '/', headers = {}, body }) => {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    trailers: response.trailers,
    body: Buffer.concat(chunks),
  };
};

const http2: Client = async (t, port, { method = 'GET', path = '/', headers = {}, body }) => {
  const session = openHttp2(t, port);
  const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  let trailers: NodeJS.Dict<string | string[]> = {};
  stream.on('trailers', (received: NodeJS.Dict<string>) => {
    trailers = received;
  });
  const [head] = (await once(stream, 'response')) as [NodeJS.Dict<string | string[]> & { ':status'?: number }];
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  session.close();
  return { status: head[':status'] ?? 0, headers: head, trailers, body: Buffer.concat(chunks) };
};

function openHttp2(t: TestContext, port: number): ClientHttp2Session {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on('error', () => undefined);
  t.after(() => session.destroy());
  return session;
}

for (const { version, ask } of [
  { version: 'HTTP/1.1', ask: http1 },
  { version: 'HTTP/2', ask: http2 },
]) {
  describe(`the echo workload over ${version}`, () => {
    test('describes a GET without a body', async (t) => {
      const { ports } = await testEcho(t);
      const answer = await ask(t, ports.http, { path: '/a?b=1' });
      assert.equal(answer.status, 200);
      const { peer, ...description } = JSON.parse(answer.body.toString());
      assert.deepEqual(description, { method: 'GET', path: '/a?b=1', protocol: version });
      assert.match(peer, /^127\.0\.0\.1:\d+$/);
      assert.equal(answer.headers['content-length'], String(answer.body.length));
    });

    test('answers a HEAD with the head of the same', async (t) => {
      const { ports } = await testEcho(t);
      const answer = await ask(t, ports.http, { method: 'HEAD' });
      assert.equal(answer.body.length, 0);
      assert.ok(Number(answer.headers['content-length']) > 50);
    });

    test('answers with the body and its type, and counts', async (t) => {
      const { ports } = await testEcho(t);
      const headers = { 'content-type': 'text/x-test', 'content-encoding': 'identity' };
      for (const served of ['1', '2']) {
        const answer = await ask(t, ports.http, { method: 'PATCH', headers, body: 'some words' });
        assert.equal(answer.body.toString(), 'some words');
        assert.equal(answer.headers['content-type'], 'text/x-test');
        assert.equal(answer.headers['content-encoding'], 'identity');
        assert.equal(answer.headers['x-mirrorspec-served'], served);
      }
    });

    test('answers a large body byte for byte', async (t) => {
      const { ports, journal } = await testEcho(t);
      const body = Buffer.alloc(5_000_011, 'mirrorspec');
      const answer = await ask(t, ports.http, { method: 'POST', body });
      assert.ok(answer.body.equals(body));
      assert.ok(outline(journal).includes('request message 0: 5000011 bytes'));
      assert.ok(outline(journal).includes('response message 0: 5000011 bytes'));
    });

    test('does what the headers tell', async (t) => {
      const { ports } = await testEcho(t);
      const headers = { 'x-echo-status': '418', 'x-echo-header-a': 'one', 'x-echo-trailer-b': 'two' };
      const answer = await ask(t, ports.http, { method: 'POST', headers, body: 'tea' });
      assert.equal(answer.status, 418);
      assert.equal(answer.headers.a, 'one');
      assert.equal(answer.body.toString(), 'tea');
      assert.deepEqual(Object.entries(answer.trailers), [['b', 'two']]);
    });

    test('lets the told type win over its own', async (t) => {
      const { ports } = await testEcho(t);
      const answer = await ask(t, ports.http, { headers: { 'x-echo-header-content-type': 'text/plain' } });
      assert.equal(answer.headers['content-type'], 'text/plain');
    });

    test('gives no body with a status that has none', async (t) => {
      const { ports } = await testEcho(t);
      for (const status of ['204', '304']) {
        const answer = await ask(t, ports.http, { method: 'POST', headers: { 'x-echo-status': status }, body: 'x' });
        assert.equal(answer.status, Number(status));
        assert.equal(answer.body.length, 0);
      }
    });

    test('sends the body in pieces', async (t) => {
      const { ports } = await testEcho(t);
      const headers = { 'x-echo-chunks': '3', 'x-echo-interval-ms': '5', 'x-echo-delay-ms': '5' };
      const started = performance.now();
      const answer = await ask(t, ports.http, { method: 'POST', headers, body: 'abcdefgh' });
      assert.equal(answer.body.toString(), 'abcdefgh');
      assert.ok(performance.now() - started >= 14);
    });

    for (const { headers, message } of [
      { headers: { 'x-echo-status': '99' }, message: 'x-echo-status must be 200 to 599, but is 99.\n' },
      { headers: { 'x-echo-delay-ms': 'soon' }, message: 'x-echo-delay-ms must be 0 to 3600000, but is soon.\n' },
      {
        headers: { 'x-echo-header-content-length': '7' },
        message: 'x-echo-header-content-length cannot be done: the header frames the message.\n',
      },
    ]) {
      test(`refuses ${JSON.stringify(headers)}`, async (t) => {
        const { ports } = await testEcho(t);
        const answer = await ask(t, ports.http, { headers });
        assert.equal(answer.status, 400);
        assert.equal(answer.body.toString(), message);
      });
    }

    test('journals an exchange from the first to the last byte', async (t) => {
      const { ports, journal } = await testEcho(t);
      const headers = { 'x-mirrorspec-call': 'c-1', 'x-echo-trailer-b': 'two' };
      await ask(t, ports.http, { method: 'POST', path: '/p', headers, body: 'tea' });
      await until(journal, 'connection-closed fin');
      const lines = outline(journal);
      assert.deepEqual(lines.slice(0, 2), ['connection-opened', `request ${version} POST /p`]);
      assert.deepEqual(
        lines.filter((line) => line.startsWith('request ')),
        [`request ${version} POST /p`, 'request message 0: 3 bytes', 'request end'],
      );
      assert.deepEqual(
        lines.filter((line) => line.startsWith('response')),
        ['response 200', 'response message 0: 3 bytes', 'response trailers b=two', 'response end'],
      );
      assert.equal(lines.at(-1), 'connection-closed fin');
      const request = journal.find((record) => record.kind === 'request');
      assert.equal(request?.call, 'c-1');
      assert.equal(request.authority, `127.0.0.1:${ports.http}`);
      const opened = journal.find((record) => record.kind === 'connection-opened');
      assert.equal(opened?.local, `127.0.0.1:${ports.http}`);
    });
  });
}

describe('the HTTP port', () => {
  test('journals the headers that are on the wire', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: h\r\nX-Echo-Header-A: 1\r\nX-Echo-Header-A: 2\r\nContent-Length: 2\r\n\r\nab',
    );
    const text = await textUntil(socket, 'ab');
    socket.destroy();
    const head = text.slice(text.indexOf('\r\n') + 2, text.indexOf('\r\n\r\n')).split('\r\n');
    const response = journal.find((record) => record.kind === 'response');
    assert.deepEqual(
      response?.headers.map(([name, value]) => `${name}: ${value}`),
      head,
    );
    const request = journal.find((record) => record.kind === 'request');
    assert.equal(headerText(request?.headers ?? []), 'host=h x-echo-header-a=1 x-echo-header-a=2 content-length=2');
  });

  test('journals request trailers', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n');
    await textUntil(socket, '0\r\n\r\n');
    socket.destroy();
    const session = openHttp2(t, ports.http);
    const stream = session.request({ ':method': 'POST' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '8' }));
    stream.end('ab');
    stream.resume();
    await once(stream, 'end');
    assert.deepEqual(
      outline(journal).filter((line) => line.startsWith('request trailers')),
      ['request trailers x-sum=7', 'request trailers x-sum=8'],
    );
  });

  test('answers while the request is still being sent', async (t) => {
    const { ports } = await testEcho(t);
    const request = httpRequest({ host: '127.0.0.1', port: ports.http, method: 'POST', agent: false });
    request.flushHeaders();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    for (const part of ['first', 'second']) {
      request.write(part);
      const [chunk] = await once(response, 'data');
      assert.equal(String(chunk), part);
    }
    request.end();
    response.resume();
    await once(response, 'end');
  });

  test('takes an HTTP/2 preface that comes byte by byte', async (t) => {
    const { ports } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.setNoDelay(true);
    for (const byte of Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')) {
      await new Promise((written) => socket.write(Buffer.of(byte), written));
    }
    // An empty SETTINGS frame is answered with one of the server's own.
    socket.write(Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(answer[3], 4);
    socket.destroy();
  });

  test('takes an HTTP/2 request that comes in one segment', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write(firstFlight('/', 'text/plain', Buffer.from('words')));
    socket.resume();
    await until(journal, 'response end');
    assert.ok(outline(journal).includes('request end'));
    socket.destroy();
  });

  test('takes a request that begins like the preface', async (t) => {
    const { ports } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write('PR');
    await new Promise((resolve) => setImmediate(resolve));
    socket.write('OPFIND / HTTP/1.1\r\nHost: h\r\n\r\n');
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n/);
    socket.destroy();
  });

  test('serves several requests on one HTTP/1.1 connection', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write(
      'PUT /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabPUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\ncd',
    );
    await textUntil(socket, 'cd');
    socket.destroy();
    const requests = journal.filter((record) => record.kind === 'request');
    assert.deepEqual(
      requests.map(({ connection, exchange, path }) => ({ connection, exchange, path })),
      [
        { connection: 1, exchange: 1, path: '/1' },
        { connection: 1, exchange: 2, path: '/2' },
      ],
    );
  });

  test('records what a client left unfinished', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc');
    await textUntil(socket, 'abc');
    socket.resetAndDestroy();
    await until(journal, 'connection-closed rst');
    await until(journal, 'reset ECONNRESET');
    const lines = outline(journal);
    assert.ok(lines.includes('request partial-message 0: 3 bytes'), lines.join('\n'));
    assert.ok(lines.includes('response partial-message 0: 3 bytes'), lines.join('\n'));
    assert.ok(!lines.includes('request end'));
    const partial = journal.find((record) => record.kind === 'partial-message');
    assert.equal(partial?.expectedLength, 9);
  });

  test('records a stream that the client resets', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.resume();
    socket.write(firstFlight('/', 'text/plain', Buffer.from('abc'), { ends: false }));
    await until(journal, 'response 200');
    socket.write(resetFrame(8));
    await until(journal, 'reset CANCEL');
    assert.ok(outline(journal).includes('request partial-message 0: 3 bytes'));
    assert.ok(!outline(journal).includes('request end'));
    socket.destroy();
  });

  test('records what is no HTTP', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    socket.write(Buffer.from([22, 3, 1, 0, 5, 1, 0, 0, 1, 3]));
    socket.resume();
    await once(socket, 'close');
    const raw = journal.find((record) => record.kind === 'raw');
    assert.equal(raw?.reason, 'tls');
    assert.equal(raw.body.length, 10);
  });

  test('numbers a connection that never speaks', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.http, '127.0.0.1');
    await once(socket, 'connect');
    socket.end();
    await until(journal, 'connection-closed fin');
    assert.deepEqual(outline(journal), ['connection-opened', 'connection-closed fin']);
  });
});

/** What the server says, up to a text. */
async function textUntil(socket: Socket, end: string): Promise<string> {
  let text = '';
  while (!text.endsWith(end)) {
    const [chunk] = await once(socket, 'data');
    text += String(chunk);
  }
  return text;
}
