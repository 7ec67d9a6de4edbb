import assert from 'node:assert/strict';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../model/bytes.js';
import type { JournalRecord } from '../../model/journal.js';
import { randomBytesOf } from '../../model/payload.js';
import { Caller } from './caller.js';
import { firstValue, ids, listen, only, outline, plan, recordsOf, summaries, testCaller } from './test-support.js';

/** Answers with the body of the request, and a trailer. */
async function echoServer(t: TestContext, seen: { headers: string[]; body: Buffer; chunks: number }[] = []) {
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      seen.push({ headers: request.rawHeaders, body, chunks: chunks.length });
      response.writeHead(200, { 'x-answer': 'yes', trailer: 'x-sum' });
      response.write(body);
      response.addTrailers({ 'x-sum': String(body.length) });
      response.end();
    });
  });
  return listen(t, server);
}

function answering(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  return listen(t, createHttpServer(answer));
}

test('a call without a message is a GET, and the journal has it from connect to answer', async (t) => {
  const seen: { headers: string[]; body: Buffer; chunks: number }[] = [];
  const { port } = await echoServer(t, seen);
  const { caller, journal } = testCaller(t);

  const [outcome] = await caller.call(plan(port, { path: '/a?b=c', headers: [['X-Mine', 'kept']] }));

  assert.deepEqual(
    { ...outcome, durationMs: 0 },
    { id: 'call-1', ok: true, httpStatus: 200, httpVersion: '1.1', durationMs: 0 },
  );
  assert.deepEqual(outline(journal), [
    'connection-opened',
    'request',
    'request end',
    'response',
    'response trailers',
    'response end',
  ]);
  const opened = only(journal, 'connection-opened');
  assert.equal(opened.remote, `127.0.0.1:${port}`);
  const request = only(journal, 'request');
  assert.equal(request.call, 'call-1');
  assert.deepEqual([request.method, request.path, request.authority], ['GET', '/a?b=c', 'echo.default.svc:8080']);
  // Exactly what the server saw, in its order.
  const pairs = seen[0]?.headers.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text));
  assert.deepEqual(request.headers.flat(), pairs);
  assert.deepEqual(only(journal, 'trailers').headers, [['x-sum', '0']]);
  assert.equal(firstValue(only(journal, 'response').headers, 'x-answer'), 'yes');
});

test('one message is a body with its length; JSON says what it is', async (t) => {
  const seen: { headers: string[]; body: Buffer; chunks: number }[] = [];
  const { port } = await echoServer(t, seen);
  const { caller, journal } = testCaller(t);

  await caller.call(plan(port, { messages: [{ kind: 'json', value: { a: 1 } }] }));

  assert.equal(seen[0]?.body.toString(), '{"a":1}');
  const { method, headers } = only(journal, 'request');
  assert.equal(method, 'POST');
  assert.equal(firstValue(headers, 'content-length'), '7');
  assert.equal(firstValue(headers, 'content-type'), 'application/json');
  const [sent, received] = recordsOf(journal, 'message');
  assert.deepEqual(sent?.body, bytesOf(Buffer.from('{"a":1}')));
  assert.deepEqual(received?.body, sent?.body);
});

test('a POST without a message says that its body is empty', async (t) => {
  const { port } = await echoServer(t);
  const { caller, journal } = testCaller(t);
  await caller.call(plan(port, { method: 'POST' }));
  assert.equal(firstValue(only(journal, 'request').headers, 'content-length'), '0');
  assert.deepEqual(recordsOf(journal, 'message'), []);
});

test('several messages are chunks of one body, each on its way before the next', async (t) => {
  const seen: { headers: string[]; body: Buffer; chunks: number }[] = [];
  const { port } = await echoServer(t, seen);
  const { caller, journal } = testCaller(t);
  const messages = ['one', 'two', 'three'].map((text) => ({ kind: 'text', text }) as const);

  const [outcome] = await caller.call(plan(port, { messages, intervalMs: 15 }));

  assert.equal(outcome?.ok, true);
  assert.equal(seen[0]?.body.toString(), 'onetwothree');
  assert.equal(seen[0]?.chunks, 3);
  assert.ok((outcome?.durationMs ?? 0) >= 29, `took ${outcome?.durationMs} ms`);
  assert.equal(firstValue(only(journal, 'request').headers, 'transfer-encoding'), 'chunked');
  const [sent] = recordsOf(journal, 'message');
  assert.deepEqual(sent?.body, bytesOf(Buffer.from('onetwothree')));
});

for (const [size, length] of [
  ['1 MiB', 1 << 20],
  ['20 MiB', 20 << 20],
] as const) {
  test(`${size} travel both ways`, async (t) => {
    const { port } = await echoServer(t);
    const { caller, journal } = testCaller(t);
    const [outcome] = await caller.call(plan(port, { messages: [{ kind: 'random', seed: 3, length }] }));
    assert.equal(outcome?.ok, true);
    const { sha256 } = bytesOf(randomBytesOf(3, length));
    assert.deepEqual(summaries(journal), [`request ${length} ${sha256}`, `response ${length} ${sha256}`]);
  });
}

test('a shared connection serves batch after batch; `each` opens one for every call', async (t) => {
  const server = await echoServer(t);
  const { caller, journal } = testCaller(t);
  await caller.call(plan(server.port, { ids: ids(5) }));
  await caller.call(plan(server.port, { ids: ids(5) }));
  assert.equal(server.connections(), 1);
  assert.equal(new Set(recordsOf(journal, 'request').map(({ connection }) => connection)).size, 1);

  await caller.call(plan(server.port, { ids: ids(4), connections: 'each' }));
  assert.equal(server.connections(), 5);
  assert.equal(recordsOf(journal, 'connection-closed').length, 4);
});

test('concurrent calls on a shared pool use as many connections as are in flight', async (t) => {
  const server = await echoServer(t);
  const { caller } = testCaller(t);
  const outcomes = await caller.call(plan(server.port, { ids: ids(40), concurrency: 4 }));
  assert.deepEqual(
    outcomes.map(({ id }) => id),
    ids(40),
  );
  assert.ok(outcomes.every(({ ok }) => ok));
  assert.equal(server.connections(), 4);
});

test('a connection opened ahead is the one that the first call uses', async (t) => {
  const server = await echoServer(t);
  const { caller, journal } = testCaller(t);
  const { target, protocol } = plan(server.port);
  const addresses = await caller.connect({ target, protocol });
  assert.deepEqual(outline(journal), ['connection-opened']);
  assert.equal(only(journal, 'connection-opened').local, addresses.local);

  await caller.call(plan(server.port));
  assert.equal(server.connections(), 1);
  await caller.disconnect();
  assert.equal(only(journal, 'connection-closed').how, 'fin');
});

test('a refused connection is told as such, for a call and for connecting', async (t) => {
  const { caller, journal } = testCaller(t);
  const server = createServer();
  const { port } = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));

  const [outcome] = await caller.call(plan(port));
  assert.equal(outcome?.ok, false);
  assert.equal(outcome?.httpStatus, 0);
  assert.match(outcome?.error ?? '', /^the connection was refused/);
  assert.deepEqual(outline(journal), ['request', 'reset']);
  assert.equal(only(journal, 'reset').code, 'ECONNREFUSED');

  const { target, protocol } = plan(port);
  await assert.rejects(caller.connect({ target, protocol }), { name: 'EnvironmentError', message: /ECONNREFUSED/ });
});

test('an answer that is reset in its middle leaves a partial message', async (t) => {
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${'a'.repeat(100)}`);
    });
    // Only once the caller has read what there is: a reset throws away what is under way.
    journalled.then(() => socket.resetAndDestroy());
  });
  const { port } = await listen(t, server);
  let gotResponse: () => void = () => undefined;
  const journalled = new Promise<void>((resolve) => {
    gotResponse = resolve;
  });
  const journal: JournalRecord[] = [];
  const caller = new Caller((record) => {
    journal.push(record);
    if (record.kind === 'response') setImmediate(gotResponse);
  });
  const [outcome] = await caller.call(plan(port));
  assert.equal(outcome?.ok, false);
  assert.equal(outcome?.httpStatus, 200);
  assert.match(outcome?.error ?? '', /closed before the answer was complete/);
  const partial = only(journal, 'partial-message');
  assert.deepEqual([partial.body.length, partial.expectedLength], [100, 1000]);
  assert.equal(only(journal, 'reset').code, 'ECONNRESET');
  await caller.disconnect();
  assert.equal(only(journal, 'connection-closed').how, 'rst');
});

test('an answer without length that ends with its connection is complete; a chunked one that does so is not', async (t) => {
  let chunked = false;
  const server = createServer((socket) => {
    socket.once('data', () => {
      const head = chunked ? 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n' : 'connection: close\r\n\r\nabc';
      socket.end(`HTTP/1.1 200 OK\r\n${head}`);
    });
  });
  const { port } = await listen(t, server);
  const { caller } = testCaller(t);
  const [whole] = await caller.call(plan(port, { connections: 'each' }));
  assert.equal(whole?.ok, true);
  chunked = true;
  const [cut] = await caller.call(plan(port, { connections: 'each' }));
  assert.equal(cut?.ok, false);
});

test('a call is given up at its deadline', async (t) => {
  const { port } = await answering(t, () => undefined);
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(plan(port, { timeoutMs: 40 }));
  assert.equal(outcome?.error, 'no complete answer within 40 ms');
  assert.equal(only(journal, 'reset').code, 'deadline');
  assert.equal(recordsOf(journal, 'response').length, 0);
});

test('a body that the other side does not take in time is journalled as far as it was taken', async (t) => {
  // Reads nothing: the buffers of both kernels fill up.
  const { port } = await listen(t, createServer({ pauseOnConnect: true }));
  const { caller, journal } = testCaller(t);
  const length = 20 << 20;
  const messages = [{ kind: 'text', text: 'first' } as const, { kind: 'random', seed: 1, length } as const];
  const [outcome] = await caller.call(plan(port, { messages, timeoutMs: 1_000 }));
  assert.equal(outcome?.ok, false);
  assert.deepEqual(only(journal, 'partial-message').body, bytesOf(Buffer.from('first')));
  assert.deepEqual(outline(journal).slice(0, 4), ['connection-opened', 'request', 'request partial-message', 'reset']);
});

test('a status of 400 or more is a complete answer, and no success', async (t) => {
  const { port } = await answering(t, (_request, response) => response.writeHead(503).end('busy'));
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(plan(port));
  assert.equal(outcome?.ok, false);
  assert.equal(outcome?.httpStatus, 503);
  assert.equal(outcome?.error, "the answer's status is 503");
  assert.equal(outline(journal).at(-1), 'response end');
});

test('an answer that comes before the request is complete counts', async (t) => {
  const { port } = await answering(t, (request, response) => {
    response.writeHead(413, { connection: 'close' }).end('too large');
    request.resume();
  });
  const { caller } = testCaller(t);
  const messages = ['a', 'b'].map((text) => ({ kind: 'text', text }) as const);
  const [outcome] = await caller.call(plan(port, { messages, intervalMs: 30 }));
  assert.equal(outcome?.httpStatus, 413);
  assert.equal(outcome?.error, "the answer's status is 413");
});

test('the echo workload is told how to answer by headers', async (t) => {
  const { port } = await echoServer(t);
  const { caller, journal } = testCaller(t);
  const echo = { status: 418, headers: [['a', '1']], trailers: [['b', '2']], messages: 2, intervalMs: 5 } as const;
  await caller.call(plan(port, { echo }));
  assert.deepEqual(
    only(journal, 'request').headers.filter(([name]) => name.startsWith('x-echo-')),
    [
      ['x-echo-status', '418'],
      ['x-echo-header-a', '1'],
      ['x-echo-trailer-b', '2'],
      ['x-echo-chunks', '2'],
      ['x-echo-interval-ms', '5'],
    ],
  );
});

test('a path or a header that HTTP/1.1 cannot express is the mistake of who asked for it', async (t) => {
  const { port } = await echoServer(t);
  const { caller, journal } = testCaller(t);
  for (const changes of [{ path: '/a b' }, { headers: [['x', 'line\nbreak']] }] as const) {
    await assert.rejects(caller.call(plan(port, changes)), {
      name: 'UserError',
      message: /^The call cannot be made: /,
    });
  }
  assert.deepEqual(journal, []);
});
