import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../model/bytes.js';
import type { CallPlan } from '../../model/call.js';
import { randomBytesOf } from '../../model/payload.js';
import {
  firstValue,
  ids,
  listen,
  only,
  outline,
  plan,
  rawHttp2Server,
  recordsOf,
  summaries,
  testCaller,
} from './test-support.js';

function http2Plan(port: number, changes: Partial<CallPlan> = {}): CallPlan {
  return plan(port, { protocol: 'HTTP/2', ...changes });
}

function serve(t: TestContext, onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void) {
  const server = createServer();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    onStream(stream, headers);
  });
  return listen(t, server);
}

function echoServer(t: TestContext, seen: IncomingHttpHeaders[] = []) {
  return serve(t, (stream, headers) => {
    seen.push(headers);
    stream.respond({ ':status': 200, 'x-answer': 'yes' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'done' }));
    stream.pipe(stream);
  });
}

test('a call is one stream, and the journal has it from connect to trailers', async (t) => {
  const seen: IncomingHttpHeaders[] = [];
  const { port } = await echoServer(t, seen);
  const { caller, journal } = testCaller(t);
  const messages = [{ kind: 'text', text: 'hello' } as const];

  const [outcome] = await caller.call(
    http2Plan(port, {
      path: '/p',
      messages,
      headers: [
        ['X-Twice', '1'],
        ['x-twice', '2'],
      ],
    }),
  );

  assert.deepEqual(
    { ...outcome, durationMs: 0 },
    { id: 'call-1', ok: true, httpStatus: 200, httpVersion: '2', durationMs: 0 },
  );
  assert.deepEqual(outline(journal), [
    'connection-opened',
    'request',
    'request message',
    'request end',
    'response',
    'response message',
    'response trailers',
    'response end',
  ]);
  const request = only(journal, 'request');
  assert.deepEqual([request.method, request.path, request.authority], ['POST', '/p', 'echo.default.svc:8080']);
  assert.deepEqual(request.headers, [
    ['x-mirrorspec-call', 'call-1'],
    ['x-twice', '1'],
    ['x-twice', '2'],
    ['content-length', '5'],
  ]);
  assert.equal(seen[0]?.[':authority'], 'echo.default.svc:8080');
  assert.equal(seen[0]?.['x-twice'], '1, 2');
  assert.deepEqual(only(journal, 'trailers').headers, [['x-sum', 'done']]);
  assert.equal(firstValue(only(journal, 'response').headers, 'x-answer'), 'yes');
  const { sha256 } = bytesOf(Buffer.from('hello'));
  assert.deepEqual(summaries(journal), [`request 5 ${sha256}`, `response 5 ${sha256}`]);
});

test('a GET has no body at all', async (t) => {
  const flags: boolean[] = [];
  const { port } = await serve(t, (stream) => {
    flags.push(stream.endAfterHeaders);
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.equal(outcome?.httpStatus, 204);
  assert.equal(outcome?.ok, true);
  assert.deepEqual(flags, [true]);
  assert.deepEqual(outline(journal), ['connection-opened', 'request', 'request end', 'response', 'response end']);
});

for (const [size, length] of [
  ['1 MiB', 1 << 20],
  ['20 MiB', 20 << 20],
] as const) {
  test(`${size} travel both ways`, async (t) => {
    const { port } = await echoServer(t);
    const { caller, journal } = testCaller(t);
    const [outcome] = await caller.call(http2Plan(port, { messages: [{ kind: 'random', seed: 4, length }] }));
    assert.equal(outcome?.ok, true);
    const { sha256 } = bytesOf(randomBytesOf(4, length));
    assert.deepEqual(summaries(journal).sort(), [`request ${length} ${sha256}`, `response ${length} ${sha256}`]);
  });
}

test('all calls of all batches share one connection; `each` opens one for every call', async (t) => {
  const server = await echoServer(t);
  const { caller, journal } = testCaller(t);
  const { target, protocol } = http2Plan(server.port);
  await caller.connect({ target, protocol });
  assert.equal(server.connections(), 1);
  const outcomes = await caller.call(http2Plan(server.port, { ids: ids(50), concurrency: 8 }));
  assert.ok(outcomes.every(({ ok }) => ok));
  await caller.call(http2Plan(server.port));
  assert.equal(server.connections(), 1);

  await caller.call(http2Plan(server.port, { ids: ids(3), connections: 'each' }));
  assert.equal(server.connections(), 4);
  assert.equal(recordsOf(journal, 'connection-closed').length, 3);
  await caller.disconnect();
  assert.deepEqual(
    recordsOf(journal, 'connection-closed').map(({ how }) => how),
    ['fin', 'fin', 'fin', 'fin'],
  );
});

test('after the other side ended the connection the next batch opens a new one', async (t) => {
  const server = await serve(t, (stream) => {
    stream.respond({ ':status': 200 }, { endStream: true });
    stream.session?.close();
  });
  const { caller, journal } = testCaller(t);
  for (let batch = 0; batch < 2; batch += 1) {
    const [outcome] = await caller.call(http2Plan(server.port));
    assert.deepEqual([outcome?.ok, outcome?.error], [true, undefined]);
    await caller.disconnect();
  }
  assert.equal(server.connections(), 2);
  assert.equal(recordsOf(journal, 'connection-opened').length, 2);
});

test('a refused connection is told as such', async (t) => {
  const server = createTcpServer();
  const { port } = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port, { messages: [{ kind: 'text', text: 'x' }] }));
  assert.match(outcome?.error ?? '', /^the connection was refused/);
  assert.deepEqual(outline(journal), ['request', 'reset']);
  assert.equal(only(journal, 'reset').code, 'ECONNREFUSED');
  const { target, protocol } = http2Plan(port);
  await assert.rejects(caller.connect({ target, protocol }), { name: 'EnvironmentError', message: /ECONNREFUSED/ });
});

test('a reset stream is told by the name of its code, with what came before', async (t) => {
  const { port } = await rawHttp2Server(t, (stream) => {
    stream.head([['content-length', '10']]);
    stream.data(Buffer.from('abc'));
    stream.reset(11);
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.equal(outcome?.error, 'the HTTP/2 stream was reset with ENHANCE_YOUR_CALM');
  assert.equal(outcome?.httpStatus, 200);
  assert.equal(only(journal, 'reset').code, 'ENHANCE_YOUR_CALM');
  const { body, expectedLength } = only(journal, 'partial-message');
  assert.deepEqual([body.length, expectedLength], [3, 10]);
});

test('a stream that the other side cancels is no complete answer', async (t) => {
  const { port } = await rawHttp2Server(t, (stream) => {
    stream.head([]);
    stream.data(Buffer.from('abc'));
    stream.reset(8);
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.equal(outcome?.ok, false);
  assert.equal(only(journal, 'reset').code, 'CANCEL');
});

test('an answer that is shorter than announced is not complete, even if closed with NO_ERROR', async (t) => {
  const { port } = await rawHttp2Server(t, (stream) => {
    stream.head([['content-length', '10']]);
    stream.data(Buffer.from('abc'));
    stream.reset(0);
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.equal(outcome?.error, 'the answer broke off after 3 of 10 bytes');
  assert.deepEqual(outline(journal).slice(-2), ['response partial-message', 'reset']);
});

test('a connection that is lost in the middle of an answer is told as such', async (t) => {
  const { port } = await rawHttp2Server(t, (stream) => {
    stream.head([]);
    stream.data(Buffer.from('abc'));
    stream.socket.end();
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.equal(outcome?.ok, false);
  assert.equal(only(journal, 'reset').code, 'ECONNRESET');
});

test('a call is given up at its deadline, and the connection lives on', async (t) => {
  let answer = false;
  const server = await serve(t, (stream) => {
    if (answer) stream.respond({ ':status': 200 }, { endStream: true });
  });
  const { caller, journal } = testCaller(t);
  const [late] = await caller.call(http2Plan(server.port, { timeoutMs: 40 }));
  assert.equal(late?.error, 'no complete answer within 40 ms');
  assert.equal(only(journal, 'reset').code, 'deadline');
  answer = true;
  const [next] = await caller.call(http2Plan(server.port));
  assert.equal(next?.ok, true);
  assert.equal(server.connections(), 1);
});

test('a status of 503 is a complete answer, and no success', async (t) => {
  const { port } = await serve(t, (stream) => {
    stream.respond({ ':status': 503 });
    stream.end('busy');
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.deepEqual([outcome?.ok, outcome?.httpStatus, outcome?.error], [false, 503, "the answer's status is 503"]);
  assert.equal(outline(journal).at(-1), 'response end');
});

test('a server that speaks HTTP/1.1 only is an error, not a hang', async (t) => {
  const { port } = await listen(
    t,
    createTcpServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
  );
  const { caller } = testCaller(t);
  const [outcome] = await caller.call(http2Plan(port));
  assert.equal(outcome?.ok, false);
  assert.equal(outcome?.httpStatus, 0);
});

test('a header that HTTP/2 does not allow is the mistake of who asked for it', async (t) => {
  const { port } = await echoServer(t);
  const { caller, journal } = testCaller(t);
  await assert.rejects(caller.call(http2Plan(port, { headers: [['connection', 'keep-alive']] })), {
    name: 'UserError',
    message: /^The call cannot be made: .*"connection"/,
  });
  assert.deepEqual(recordsOf(journal, 'request'), []);
});

test('a connection is no HTTP/2 connection before the other side said so', async (t) => {
  const { port } = await listen(t, createTcpServer());
  const { caller } = testCaller(t);
  const { target, protocol } = http2Plan(port);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await assert.rejects(caller.connect({ target, protocol, timeoutMs: 30 }), {
      name: 'EnvironmentError',
      message: `No HTTP/2 connection to 127.0.0.1:${port}: no SETTINGS within 30 ms`,
    });
  }
});

test('several messages are separate DATA frames of one body', async (t) => {
  const chunks: string[] = [];
  const { port } = await serve(t, (stream) => {
    stream.respond({ ':status': 200 });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
    stream.on('end', () => stream.end());
  });
  const { caller, journal } = testCaller(t);
  const messages = ['one', 'two'].map((text) => ({ kind: 'text', text }) as const);
  await caller.call(http2Plan(port, { messages, intervalMs: 10 }));
  assert.deepEqual(chunks, ['one', 'two']);
  assert.deepEqual(only(journal, 'message').body, bytesOf(Buffer.from('onetwo')));
});
