import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { type TestContext, test } from 'node:test';
import { intercept, listen, textOf, until } from './testing/interception.js';

type Answer = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

async function application(context: TestContext, answer: Answer) {
  const server = createServer();
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    answer(stream, headers);
  });
  return { port: await listen(context, server), server, connections: () => connections };
}

/** Answers when the request is complete, with what it was sent. */
const sayBack: Answer = (stream) => {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  stream.on('end', () => {
    stream.respond({ ':status': 200 });
    stream.end(Buffer.concat(pieces));
  });
};

function call(context: TestContext, port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  context.after(() => session.destroy());
  return session;
}

/** Status, header fields, body and trailers of an answer. */
async function answerOf(stream: ClientHttp2Stream) {
  let headers: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  const pieces: Buffer[] = [];
  stream.on('response', (received) => {
    headers = received;
  });
  stream.on('trailers', (received) => {
    trailers = received;
  });
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'close');
  return { headers, trailers, body: Buffer.concat(pieces).toString(), code: stream.rstCode };
}

test('each stream of a connection is mirrored by itself, and has a connection of its own to the application', async (context) => {
  const { port, connections } = await application(context, sayBack);
  const { port: front, mirrored } = await intercept(context, port);
  const session = call(context, front);
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((name) => {
      const stream = session.request({ ':path': `/${name}`, ':method': 'POST' });
      stream.end(name);
      return answerOf(stream);
    }),
  );
  assert.deepEqual(
    answers.map(({ body }) => body),
    ['a', 'b', 'c'],
  );
  await until(() => mirrored.length === 3 && mirrored.every(({ closed, ended }) => closed && ended));
  assert.equal(connections(), 3);
  assert.deepEqual(mirrored.map((copy) => [copy.request?.version, copy.request?.target, textOf(copy)]).sort(), [
    ['2', '/a', 'a'],
    ['2', '/b', 'b'],
    ['2', '/c', 'c'],
  ]);
});

test('both directions are streamed, with their trailers', async (context) => {
  let application_: ServerHttp2Stream | undefined;
  let requestTrailers: IncomingHttpHeaders = {};
  const received: string[] = [];
  const { port } = await application(context, (stream) => {
    application_ = stream;
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('trailers', (trailers) => {
      requestTrailers = trailers;
    });
    stream.on('data', (piece: Buffer) => received.push(piece.toString()));
  });
  const { port: front, mirrored } = await intercept(context, port);
  const stream = call(context, front).request({ ':path': '/', ':method': 'POST' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '6' }));
  const heard: string[] = [];
  stream.on('data', (piece: Buffer) => heard.push(piece.toString()));
  const whole = answerOf(stream);
  for (const piece of ['one', 'two']) {
    stream.write(piece);
    await until(() => received.at(-1) === piece && mirrored[0]?.pieces.at(-1)?.toString() === piece);
    application_?.write(piece.toUpperCase());
    await until(() => heard.at(-1) === piece.toUpperCase());
  }
  assert.equal(mirrored[0]?.ended, false);
  stream.end();
  await until(() => mirrored[0]?.ended === true);
  application_?.end();
  const { trailers, body } = await whole;
  assert.equal(body, 'ONETWO');
  assert.equal(trailers['grpc-status'], '0');
  assert.equal(requestTrailers['x-sum'], '6');
  assert.deepEqual(mirrored[0]?.trailers, ['x-sum', '6']);
});

test('an answer that is only a head with trailers’ fields (gRPC “trailers only”) stays one', async (context) => {
  const { port } = await application(context, (stream) => {
    stream.resume();
    stream.respond({ ':status': 200, 'grpc-status': '5', 'grpc-message': 'no such order' }, { endStream: true });
  });
  const { port: front } = await intercept(context, port, { cacheControl: 'no-store' });
  const stream = call(context, front).request({ ':path': '/', ':method': 'POST' });
  stream.end('x');
  let last = false;
  stream.on('response', (_, flags) => {
    last = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  });
  const { headers } = await answerOf(stream);
  assert.deepEqual([headers['grpc-status'], headers['cache-control'], last], ['5', 'no-store', true]);
});

test('an answer that is complete before the request reaches a slow caller with its trailers', async (context) => {
  const body = 'a'.repeat(300_000);
  const { port } = await application(context, (stream) => {
    stream.resume();
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '4' });
      // The rest of the request is not wanted (RFC 9113 §8.1).
      setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR));
    });
    stream.end(body);
  });
  const { port: front } = await intercept(context, port);
  const session = call(context, front);
  const stream = session.request({ ':path': '/', ':method': 'POST' });
  stream.write('the first of several');
  const answer = answerOf(stream);
  stream.pause();
  // As much as the caller's window takes is on its way; the application is done with it long before the caller is.
  await new Promise((resolve) => setTimeout(resolve, 300));
  stream.resume();
  const { body: got, trailers, code } = await answer;
  assert.deepEqual([got.length, trailers['grpc-status'], code], [body.length, '4', 0]);
});

test('an application that is down: callers get 502 in the agent’s words on a connection that goes on', async (context) => {
  const { port, server } = await application(context, sayBack);
  const { port: front, mirrored } = await intercept(context, port);
  await new Promise((resolve) => server.close(resolve));
  const session = call(context, front);
  for (const name of ['a', 'b']) {
    const stream = session.request({ ':path': `/${name}`, ':method': 'POST' });
    stream.end(name);
    const { headers, body } = await answerOf(stream);
    assert.equal(headers[':status'], 502);
    assert.match(
      body,
      /^mirrord-agent v3\.250\.0: failed to pass the request to its original destination: .*ECONNREFUSED/,
    );
  }
  assert.deepEqual(
    mirrored.map(({ request }) => request?.target),
    ['/a', '/b'],
  );
});

test('extended CONNECT (WebSocket over HTTP/2) is not offered', async (context) => {
  const { port } = await application(context, sayBack);
  const { port: front } = await intercept(context, port);
  const session = call(context, front);
  await once(session, 'remoteSettings');
  assert.notEqual(session.remoteSettings.enableConnectProtocol, true);
});

// Without either Node's server refuses it (nghttp2: RFC 9113 §8.3.1), so no caller of a lab can say it to the agent.
test('a request without :authority reaches the application with one, from its host', async (context) => {
  let seen: IncomingHttpHeaders | undefined;
  const { port } = await application(context, (stream, headers) => {
    seen = headers;
    stream.respond({ ':status': 200 }, { endStream: true });
  });
  const { mirrored, caller } = await intercept(context, port);
  // Node's client always sends one.
  const { socket } = await caller();
  socket.write(
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, ''), requestWithoutAuthority()]),
  );
  await until(() => seen !== undefined && mirrored.length === 1);
  assert.equal(seen?.[':authority'], 'workload');
  assert.deepEqual(mirrored[0]?.request?.fields.slice(0, 6), [':method', 'GET', ':scheme', 'http', ':path', '/']);
});

/** Node ends a stream before it resets it, unless trailers are to come. */
const UNENDED = { waitForTrailers: true } as const;

for (const [who, when] of [
  ['caller', 'before the answer'],
  ['application', 'before the answer'],
  ['caller', 'in the answer'],
  ['application', 'in the answer'],
] as const) {
  test(`${who === 'caller' ? 'a' : 'an'} ${who} that cancels ${when} is felt by the other side`, async (context) => {
    let served: ServerHttp2Stream | undefined;
    const { port } = await application(context, (stream) => {
      served = stream;
      if (when === 'in the answer') {
        stream.respond({ ':status': 200 }, UNENDED);
        stream.write('first');
      }
    });
    const { port: front, mirrored } = await intercept(context, port);
    const stream = call(context, front).request({ ':path': '/', ':method': 'POST' }, UNENDED);
    stream.on('error', () => {});
    let heard = false;
    stream.on('data', () => {
      heard = true;
    });
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.write('half');
    await until(() => mirrored[0] !== undefined && textOf(mirrored[0]) === 'half' && served !== undefined);
    if (when === 'in the answer') await until(() => heard);
    if (who === 'caller') {
      stream.close(constants.NGHTTP2_CANCEL);
      await until(() => served?.closed === true);
      assert.equal(served?.rstCode, constants.NGHTTP2_CANCEL);
    } else {
      let status: unknown;
      stream.on('response', (headers) => {
        status = headers[':status'];
      });
      served?.close(constants.NGHTTP2_REFUSED_STREAM);
      await closed;
      if (when === 'in the answer') assert.equal(stream.rstCode, constants.NGHTTP2_REFUSED_STREAM);
      else assert.equal(status, 502);
    }
    await until(() => mirrored[0]?.closed === true);
    assert.equal(mirrored[0]?.ended, false);
  });
}

function frame(type: number, flags: number, stream: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** `:method GET`, `:scheme http`, `:path /` and the name `host` of the static table (RFC 7541 appendix A). */
function requestWithoutAuthority(): Buffer {
  const END_STREAM_AND_HEADERS = 0x5;
  const host = Buffer.from('workload');
  const block = Buffer.concat([Buffer.from([0x82, 0x86, 0x84, 0x0f, 0x17, host.length]), host]);
  return frame(1, END_STREAM_AND_HEADERS, 1, block);
}

test('at the end of a session the caller is told to go away, and what is under way is answered first', async (context) => {
  let served: ServerHttp2Stream | undefined;
  const { port } = await application(context, (stream) => {
    served = stream;
  });
  const { port: front, agent } = await intercept(context, port);
  const session = call(context, front);
  const stream = session.request({ ':path': '/' });
  await until(() => served !== undefined);
  const goneAway = once(session, 'goaway');
  const closed = agent.closeHttp(5000);
  await goneAway;
  served?.respond({ ':status': 200 });
  served?.end('answered');
  assert.equal((await answerOf(stream)).body, 'answered');
  await closed;
});
