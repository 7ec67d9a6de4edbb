import assert from 'node:assert/strict';
import { createServer as createHttp2Server } from 'node:http2';
import { connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { bytesOf } from '../../model/bytes.js';
import type { CallPlan } from '../../model/call.js';
import { randomBytesOf } from '../../model/payload.js';
import { loadBuiltinTypes } from '../grpc/types.js';
import {
  firstValue,
  ids,
  listen,
  only,
  outline,
  plan,
  type RawStream,
  rawHttp2Server,
  recordsOf,
  summaries,
  testCaller,
} from './test-support.js';

const identity = (bytes: Buffer): Buffer => bytes;
const echo = loadBuiltinTypes();

function grpcPlan(port: number, changes: Partial<CallPlan> = {}): CallPlan {
  return plan(port, { protocol: 'gRPC-over-HTTP/2', messages: [{ kind: 'text', text: 'hi' }], ...changes });
}

interface Handlers {
  unary?: (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => void;
  clientStream?: (call: ServerReadableStream<Buffer, Buffer>, done: sendUnaryData<Buffer>) => void;
  serverStream?: (call: ServerWritableStream<Buffer, Buffer>) => void;
  bidiStream?: (call: ServerDuplexStream<Buffer, Buffer>) => void;
}

/** A grpc-js server that works on the bytes of the echo service's messages. Counts connections. */
async function serve(t: TestContext, handlers: Handlers) {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const forms = {
    unary: 'Unary',
    clientStream: 'ClientStream',
    serverStream: 'ServerStream',
    bidiStream: 'BidiStream',
  };
  const entries = Object.entries(forms).map(([key, name]) => [
    key,
    {
      path: `/mirrorspec.echo.v1.Echo/${name}`,
      originalName: key,
      requestStream: key === 'clientStream' || key === 'bidiStream',
      responseStream: key === 'serverStream' || key === 'bidiStream',
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  ]);
  server.addService(Object.fromEntries(entries), { ...handlers });
  const inner = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    ),
  );
  t.after(() => server.forceShutdown());
  // grpc-js's server shows no connections: they are counted in front of it.
  const front = createServer((socket) => {
    const back = connect(inner, '127.0.0.1');
    back.on('error', () => socket.destroy());
    socket.on('close', () => back.destroy());
    back.on('close', () => socket.destroy());
    socket.pipe(back).pipe(socket);
  });
  return listen(t, front);
}

const echoUnary: Handlers['unary'] = (call, done) => done(null, call.request);

test('a unary call: exact message bytes, metadata, trailers, status', async (t) => {
  let authority = '';
  let sent: Metadata | undefined;
  const { port } = await serve(t, {
    unary: (call, done) => {
      authority = call.getHost();
      sent = call.metadata;
      const head = new Metadata();
      head.set('x-head', 'a');
      head.set('x-raw-bin', Buffer.from([1, 2, 255]));
      call.sendMetadata(head);
      const trailer = new Metadata();
      trailer.set('x-tail', 'b');
      done(null, call.request, trailer);
    },
  });
  const { caller, journal } = testCaller(t);

  const [outcome] = await caller.call(
    grpcPlan(port, {
      headers: [
        ['X-Mine', 'kept'],
        ['x-mine-bin', 'AAEC'],
      ],
      echo: { status: 0, headers: [['k', 'v']] },
    }),
  );

  assert.deepEqual(
    { ...outcome, durationMs: 0 },
    { id: 'call-1', ok: true, httpStatus: 200, grpcStatus: 0, grpcMessage: 'OK', httpVersion: '2', durationMs: 0 },
  );
  assert.equal(authority, 'echo.default.svc:8080');
  assert.deepEqual(sent?.get('x-mirrorspec-call'), ['call-1']);
  assert.deepEqual(sent?.get('x-mine'), ['kept']);
  assert.deepEqual(sent?.get('x-mine-bin'), [Buffer.from([0, 1, 2])]);
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
  assert.deepEqual([request.call, request.path], ['call-1', '/mirrorspec.echo.v1.Echo/Unary']);
  assert.deepEqual(request.headers, [
    ['x-mirrorspec-call', 'call-1'],
    ['x-mine', 'kept'],
    ['x-mine-bin', 'AAEC'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]);
  const method = echo.method('mirrorspec.echo.v1.Echo', 'Unary');
  const expected = method.encodeRequest({
    payload: Buffer.from('hi').toString('base64'),
    control: { status: 0, headers: [{ name: 'k', value: 'v' }] },
  });
  const { sha256 } = bytesOf(expected);
  assert.deepEqual(summaries(journal), [
    `request ${expected.length} ${sha256}`,
    `response ${expected.length} ${sha256}`,
  ]);
  assert.equal(firstValue(only(journal, 'response').headers, 'x-head'), 'a');
  assert.equal(firstValue(only(journal, 'response').headers, 'x-raw-bin'), 'AQL/');
  const trailers = only(journal, 'trailers').headers;
  assert.equal(firstValue(trailers, 'grpc-status'), '0');
  assert.equal(firstValue(trailers, 'x-tail'), 'b');
});

test('a JSON payload is the request message itself; yages is known, too', async (t) => {
  const { port } = await serve(t, { unary: echoUnary });
  const { caller, journal } = testCaller(t);
  await caller.call(grpcPlan(port, { messages: [{ kind: 'json', value: { text: 'plain' } }] }));
  const expected = echo.method('mirrorspec.echo.v1.Echo', 'Unary').encodeRequest({ text: 'plain' });
  assert.equal(summaries(journal)[0], `request ${expected.length} ${bytesOf(expected).sha256}`);

  const ping = { service: 'yages.Echo', method: 'Ping', types: { source: 'builtin' } } as const;
  const [outcome] = await caller.call(grpcPlan(port, { grpc: ping, messages: [] }));
  assert.equal(outcome?.grpcStatus, 12);
  assert.match(outcome?.error ?? '', /12 \(UNIMPLEMENTED\)/);
});

test('client streaming: every message, then the half-close, then one answer', async (t) => {
  const { port } = await serve(t, {
    clientStream: (call, done) => {
      const parts: Buffer[] = [];
      call.on('data', (part: Buffer) => parts.push(part));
      call.on('end', () => done(null, Buffer.from([parts.length])));
    },
  });
  const { caller, journal } = testCaller(t);
  const messages = ['a', 'b', 'c'].map((text) => ({ kind: 'text', text }) as const);
  const [outcome] = await caller.call(grpcPlan(port, { interaction: 'client-streaming', messages, intervalMs: 5 }));
  assert.equal(outcome?.ok, true);
  const requests = recordsOf(journal, 'message').filter(({ direction }) => direction === 'request');
  assert.deepEqual(
    requests.map(({ index }) => index),
    [0, 1, 2],
  );
  assert.ok(outline(journal).indexOf('request end') > outline(journal).lastIndexOf('request message'));
  const [answer] = recordsOf(journal, 'message').filter(({ direction }) => direction === 'response');
  assert.deepEqual(answer?.body, bytesOf(Buffer.from([3])));
});

test('client streaming without any message is a half-close', async (t) => {
  const { port } = await serve(t, {
    clientStream: (call, done) => {
      call.resume();
      call.on('end', () => done(null, Buffer.alloc(0)));
    },
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port, { interaction: 'client-streaming', messages: [] }));
  assert.equal(outcome?.ok, true);
  assert.deepEqual(outline(journal).slice(0, 3), ['connection-opened', 'request', 'request end']);
  // An empty message is a message.
  assert.equal(only(journal, 'message').body.length, 0);
});

test('server streaming: answers are journalled as they arrive', async (t) => {
  const { port } = await serve(t, {
    serverStream: (call) => {
      let count = 0;
      const timer = setInterval(() => {
        count += 1;
        call.write(Buffer.from([count]));
        if (count === 3) {
          clearInterval(timer);
          call.end();
        }
      }, 10);
    },
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port, { interaction: 'server-streaming' }));
  assert.equal(outcome?.ok, true);
  const answers = recordsOf(journal, 'message').filter(({ direction }) => direction === 'response');
  assert.deepEqual(
    answers.map(({ body }) => body),
    [1, 2, 3].map((n) => bytesOf(Buffer.from([n]))),
  );
  assert.ok((answers[2]?.at ?? 0) - (answers[0]?.at ?? 0) >= 15);
});

test('bidirectional streaming: an answer arrives while the caller is still sending', async (t) => {
  const { port } = await serve(t, {
    bidiStream: (call) => {
      call.on('data', (part: Buffer) => call.write(part));
      call.on('end', () => call.end());
    },
  });
  const { caller, journal } = testCaller(t);
  const messages = ['a', 'b', 'c'].map((text) => ({ kind: 'text', text }) as const);
  const [outcome] = await caller.call(grpcPlan(port, { interaction: 'bidi-streaming', messages, intervalMs: 25 }));
  assert.equal(outcome?.ok, true);
  const kinds = outline(journal);
  assert.ok(kinds.indexOf('response message') < kinds.lastIndexOf('request message'));
  assert.equal(recordsOf(journal, 'message').length, 6);
});

for (const [size, length] of [
  ['1 MiB', 1 << 20],
  ['20 MiB', 20 << 20],
] as const) {
  test(`${size} travel both ways`, async (t) => {
    const { port } = await serve(t, { unary: echoUnary });
    const { caller, journal } = testCaller(t);
    const [outcome] = await caller.call(grpcPlan(port, { messages: [{ kind: 'random', seed: 5, length }] }));
    assert.equal(outcome?.ok, true);
    const payload = randomBytesOf(5, length);
    const message = echo.method('mirrorspec.echo.v1.Echo', 'Unary').encodeRequest({ payload });
    const { sha256 } = bytesOf(message);
    assert.deepEqual(summaries(journal), [
      `request ${message.length} ${sha256}`,
      `response ${message.length} ${sha256}`,
    ]);
  });
}

test('one connection for all shared calls, also opened ahead; `each` opens one for every call', async (t) => {
  const server = await serve(t, { unary: echoUnary });
  const { caller, journal } = testCaller(t);
  const { target, protocol } = grpcPlan(server.port);
  const addresses = await caller.connect({ target, protocol });
  assert.equal(only(journal, 'connection-opened').local, addresses.local);
  const outcomes = await caller.call(grpcPlan(server.port, { ids: ids(50), concurrency: 8 }));
  assert.ok(outcomes.every(({ ok }) => ok));
  await caller.call(grpcPlan(server.port));
  assert.equal(server.connections(), 1);

  await caller.call(grpcPlan(server.port, { ids: ids(3), connections: 'each', concurrency: 3 }));
  assert.equal(server.connections(), 4);
  assert.deepEqual(new Set(recordsOf(journal, 'request').map(({ connection }) => connection)).size, 4);
  await caller.disconnect();
  assert.equal(recordsOf(journal, 'connection-closed').length, 4);
});

test('a status that is not 0 comes with its message; without any answer it is trailers-only', async (t) => {
  const { port } = await serve(t, {
    unary: (_call, done) => {
      const metadata = new Metadata();
      metadata.set('x-why', 'because');
      done({ code: 9, details: 'not € yet', metadata });
    },
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port));
  assert.equal(outcome?.ok, false);
  assert.deepEqual([outcome?.httpStatus, outcome?.grpcStatus, outcome?.grpcMessage], [200, 9, 'not € yet']);
  assert.equal(outcome?.error, "the answer's gRPC status is 9 (FAILED_PRECONDITION): not € yet");
  assert.deepEqual(only(journal, 'trailers').headers.slice(0, 2), [
    ['grpc-status', '9'],
    ['grpc-message', 'not %E2%82%AC yet'],
  ]);
  assert.equal(firstValue(only(journal, 'trailers').headers, 'x-why'), 'because');
  assert.equal(only(journal, 'response').status, 200);
  assert.equal(recordsOf(journal, 'reset').length, 0);
});

test('a refused connection is told as such, and tried again by the next call', async (t) => {
  const server = createServer();
  const { port } = await listen(t, server);
  await new Promise((resolve) => server.close(resolve));
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port));
  assert.match(outcome?.error ?? '', /^the connection was refused/);
  assert.equal(outcome?.grpcStatus, undefined);
  assert.deepEqual(outline(journal), ['request', 'reset']);
  assert.equal(only(journal, 'reset').code, 'ECONNREFUSED');
  const { target, protocol } = grpcPlan(port);
  await assert.rejects(caller.connect({ target, protocol }), { name: 'EnvironmentError' });
});

const GRPC_HEAD = [['content-type', 'application/grpc']] as const;

const cases: {
  name: string;
  answer: (stream: RawStream) => void;
  code: string;
  kinds: string[];
}[] = [
  {
    name: 'a stream reset after a message',
    answer: (stream) => {
      stream.head(GRPC_HEAD);
      stream.data(Buffer.from([0, 0, 0, 0, 1, 7]));
      setTimeout(() => stream.reset(11), 10);
    },
    code: 'ENHANCE_YOUR_CALM',
    kinds: ['response', 'response message', 'reset'],
  },
  { name: 'a stream refused', answer: (stream) => stream.reset(7), code: 'REFUSED_STREAM', kinds: ['reset'] },
  { name: 'a stream cancelled', answer: (stream) => stream.reset(8), code: 'CANCEL', kinds: ['reset'] },
  {
    name: 'a stream reset with an error',
    answer: (stream) => stream.reset(2),
    code: 'INTERNAL_ERROR',
    kinds: ['reset'],
  },
  {
    name: 'a connection ended after the head',
    answer: (stream) => {
      stream.head(GRPC_HEAD);
      setTimeout(() => stream.socket.end(), 10);
    },
    code: 'ECONNRESET',
    kinds: ['response', 'reset'],
  },
  {
    name: 'a connection reset after the head',
    answer: (stream) => {
      stream.head(GRPC_HEAD);
      setTimeout(() => stream.socket.resetAndDestroy(), 10);
    },
    code: 'ECONNRESET',
    kinds: ['response', 'reset'],
  },
  {
    name: 'a connection reset before any head',
    answer: (stream) => stream.socket.resetAndDestroy(),
    code: 'ECONNRESET',
    kinds: ['reset'],
  },
  {
    name: 'an answer without a gRPC status',
    answer: (stream) => {
      stream.head(GRPC_HEAD);
      stream.data(Buffer.alloc(0), { endStream: true });
    },
    code: 'NO_ERROR',
    kinds: ['response', 'reset'],
  },
];
for (const { name, answer, code, kinds } of cases) {
  test(`${name} is no answer of the server`, async (t) => {
    const { port } = await rawHttp2Server(t, answer);
    const { caller, journal } = testCaller(t);
    const [outcome] = await caller.call(grpcPlan(port));
    assert.equal(outcome?.ok, false);
    assert.equal(outcome?.grpcStatus, undefined);
    assert.equal(only(journal, 'reset').code, code);
    assert.ok((outcome?.error ?? '').length > 10, outcome?.error);
    assert.deepEqual(
      outline(journal).filter((kind) => kind.startsWith('res')),
      kinds,
    );
  });
}

test('an HTTP 503 of a proxy is told as such', async (t) => {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 503, 'content-type': 'text/plain' });
    stream.end('no');
  });
  const { port } = await listen(t, server);
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port));
  assert.deepEqual([outcome?.ok, outcome?.httpStatus, outcome?.grpcStatus], [false, 503, undefined]);
  assert.equal(outcome?.error, 'the answer is no gRPC: its HTTP status is 503');
  assert.equal(only(journal, 'response').status, 503);
  assert.equal(only(journal, 'reset').code, 'UNAVAILABLE');
});

test('trailers-only: the head of the response holds the status', async (t) => {
  const { port } = await rawHttp2Server(t, (stream) => {
    stream.head([...GRPC_HEAD, ['grpc-status', '14'], ['grpc-message', 'no%20upstream']], { endStream: true });
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port));
  assert.deepEqual([outcome?.ok, outcome?.grpcStatus, outcome?.grpcMessage], [false, 14, 'no upstream']);
  assert.equal(firstValue(only(journal, 'response').headers, 'grpc-status'), '14');
  assert.deepEqual(only(journal, 'trailers').headers, [
    ['grpc-status', '14'],
    ['grpc-message', 'no upstream'],
  ]);
});

test('a unary answer with two messages is an error', async (t) => {
  const server = createHttp2Server();
  server.on('stream', (stream) => {
    stream.respond({ 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  });
  const { port } = await listen(t, server);
  const { caller } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port));
  assert.equal(outcome?.error, 'the answer has 2 messages instead of one');
  assert.equal(outcome?.grpcStatus, 0);
});

test('a call is given up at its deadline, which travels along', async (t) => {
  let timeout = '';
  const server = createHttp2Server();
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    timeout = String(headers['grpc-timeout']);
  });
  const { port } = await listen(t, server);
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port, { timeoutMs: 60 }));
  assert.match(timeout, /^\d+[mun]$/);
  assert.equal(outcome?.error, 'no complete answer within 60 ms');
  assert.equal(only(journal, 'reset').code, 'deadline');
});

test('a server that accepts and says nothing is given up at the deadline', async (t) => {
  const { port } = await listen(t, createServer());
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(grpcPlan(port, { timeoutMs: 60 }));
  assert.equal(outcome?.error, 'no complete answer within 60 ms');
  assert.equal(only(journal, 'reset').code, 'deadline');
  const { target, protocol } = grpcPlan(port);
  await assert.rejects(caller.connect({ target, protocol, timeoutMs: 30 }), { name: 'EnvironmentError' });
});

test('metadata that gRPC cannot express is the mistake of who asked for it', async (t) => {
  const { port } = await serve(t, { unary: echoUnary });
  const { caller } = testCaller(t);
  await assert.rejects(caller.call(grpcPlan(port, { headers: [['a b', 'x']] })), {
    name: 'UserError',
    message: /^The call cannot be made: .*a b/,
  });
});
