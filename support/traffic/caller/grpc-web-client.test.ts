import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { bytesOf } from '../../model/bytes.js';
import type { CallPlan } from '../../model/call.js';
import { randomBytesOf } from '../../model/payload.js';
import { encodeGrpcFrame, encodeGrpcWebTrailers, GrpcFrameParser } from '../../wire/grpc-framing.js';
import { loadBuiltinTypes } from '../grpc/types.js';
import { firstValue, ids, listen, only, outline, plan, recordsOf, summaries, testCaller } from './test-support.js';

const unary = loadBuiltinTypes().method('mirrorspec.echo.v1.Echo', 'Unary');

function webPlan(port: number, changes: Partial<CallPlan> = {}): CallPlan {
  return plan(port, { protocol: 'gRPC-over-HTTP/1.1', messages: [{ kind: 'text', text: 'hi' }], ...changes });
}

type Answer = (message: Buffer, response: ServerResponse, request: IncomingMessage) => void;

/** Takes the one message out of the request, in either form. */
function serve(t: TestContext, answer: Answer) {
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = request.headers['content-type'] === 'application/grpc-web-text+proto';
      const body = Buffer.concat(parts);
      const [frame] = new GrpcFrameParser().push(text ? Buffer.from(body.toString(), 'base64') : body);
      answer(frame?.data ?? Buffer.from('no message'), response, request);
    });
  });
  return listen(t, server);
}

function trailerFrame(trailers: [string, string][]): Buffer {
  return encodeGrpcFrame(encodeGrpcWebTrailers(trailers), { trailers: true });
}

const echo: Answer = (message, response) => {
  response.writeHead(200, { 'content-type': 'application/grpc-web+proto' });
  response.end(Buffer.concat([encodeGrpcFrame(message), trailerFrame([['grpc-status', '0']])]));
};

test('a unary call in binary form', async (t) => {
  let request: IncomingMessage | undefined;
  const { port } = await serve(t, (message, response, incoming) => {
    request = incoming;
    echo(message, response, incoming);
  });
  const { caller, journal } = testCaller(t);

  const [outcome] = await caller.call(webPlan(port, { headers: [['x-mine', 'kept']] }));

  assert.deepEqual(
    { ...outcome, durationMs: 0 },
    { id: 'call-1', ok: true, httpStatus: 200, grpcStatus: 0, httpVersion: '1.1', durationMs: 0 },
  );
  assert.equal(request?.httpVersion, '1.1');
  assert.equal(request?.url, '/mirrorspec.echo.v1.Echo/Unary');
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
  const { headers, protocol, authority } = only(journal, 'request');
  assert.deepEqual([protocol, authority], ['gRPC-over-HTTP/1.1', 'echo.default.svc:8080']);
  assert.deepEqual(headers.flat(), request?.rawHeaders);
  assert.equal(firstValue(headers, 'content-type'), 'application/grpc-web+proto');
  assert.equal(firstValue(headers, 'x-grpc-web'), '1');
  assert.equal(firstValue(headers, 'grpc-timeout'), '4000m');
  const message = unary.encodeRequest({ payload: Buffer.from('hi') });
  assert.equal(firstValue(headers, 'content-length'), String(message.length + 5));
  const { sha256 } = bytesOf(message);
  assert.deepEqual(summaries(journal), [`request ${message.length} ${sha256}`, `response ${message.length} ${sha256}`]);
});

test('the text form, in base64 pieces that are padded each on its own and cut anywhere', async (t) => {
  const { port } = await serve(t, (message, response) => {
    response.writeHead(200, { 'content-type': 'application/grpc-web-text+proto' });
    const frames = [encodeGrpcFrame(message), encodeGrpcFrame(message), trailerFrame([['grpc-status', '0']])];
    const text = frames.map((frame) => frame.toString('base64')).join('');
    const cuts = [0, 3, 4, 9, text.length - 2, text.length];
    cuts.slice(1).forEach((cut, index) => {
      setTimeout(() => {
        response.write(text.slice(cuts[index], cut));
        if (cut === text.length) response.end();
      }, index * 3);
    });
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(webPlan(port, { interaction: 'server-streaming', grpcWebForm: 'text' }));
  assert.equal(outcome?.error, undefined);
  const message = unary.encodeRequest({ payload: Buffer.from('hi') });
  const { sha256 } = bytesOf(message);
  assert.deepEqual(summaries(journal), [
    `request ${message.length} ${sha256}`,
    `response ${message.length} ${sha256}`,
    `response ${message.length} ${sha256}`,
  ]);
  const request = only(journal, 'request');
  assert.equal(firstValue(request.headers, 'content-type'), 'application/grpc-web-text+proto');
  assert.equal(firstValue(request.headers, 'content-length'), String(Math.ceil((message.length + 5) / 3) * 4));
});

test('server streaming: messages are journalled as they arrive', async (t) => {
  const { port } = await serve(t, (message, response) => {
    response.writeHead(200, { 'content-type': 'application/grpc-web+proto' });
    response.write(encodeGrpcFrame(message));
    setTimeout(() => response.write(encodeGrpcFrame(message)), 15);
    setTimeout(() => response.end(trailerFrame([['grpc-status', '0']])), 30);
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(webPlan(port, { interaction: 'server-streaming' }));
  assert.equal(outcome?.ok, true);
  const answers = recordsOf(journal, 'message').filter(({ direction }) => direction === 'response');
  assert.equal(answers.length, 2);
  assert.ok((answers[1]?.at ?? 0) - (answers[0]?.at ?? 0) >= 10);
});

test('20 MiB travel both ways', async (t) => {
  const { port } = await serve(t, echo);
  const { caller, journal } = testCaller(t);
  const length = 20 << 20;
  const [outcome] = await caller.call(webPlan(port, { messages: [{ kind: 'random', seed: 6, length }] }));
  assert.equal(outcome?.ok, true);
  const message = unary.encodeRequest({ payload: randomBytesOf(6, length) });
  const { sha256 } = bytesOf(message);
  assert.deepEqual(summaries(journal), [`request ${message.length} ${sha256}`, `response ${message.length} ${sha256}`]);
});

test('a connection is used again, and more are opened for calls in parallel', async (t) => {
  const server = await serve(t, echo);
  const { caller } = testCaller(t);
  await caller.call(webPlan(server.port, { ids: ids(5) }));
  assert.equal(server.connections(), 1);
  const outcomes = await caller.call(webPlan(server.port, { ids: ids(20), concurrency: 3 }));
  assert.ok(outcomes.every(({ ok }) => ok));
  assert.equal(server.connections(), 3);
});

test('trailers-only: the status is in the head', async (t) => {
  const { port } = await serve(t, (_message, response) => {
    response.writeHead(200, {
      'content-type': 'application/grpc-web+proto',
      'grpc-status': '5',
      'grpc-message': 'no%20one',
    });
    response.end();
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(webPlan(port));
  assert.equal(outcome?.error, "the answer's gRPC status is 5 (NOT_FOUND): no one");
  assert.deepEqual([outcome?.grpcStatus, outcome?.grpcMessage], [5, 'no one']);
  assert.deepEqual(only(journal, 'trailers').headers, [
    ['grpc-status', '5'],
    ['grpc-message', 'no%20one'],
  ]);
});

const broken: { name: string; answer: Answer; error: string }[] = [
  {
    name: 'an HTTP 503',
    answer: (_message, response) => response.writeHead(503).end('no upstream'),
    error: "the answer's HTTP status is 503",
  },
  {
    name: 'a page of HTML',
    answer: (_message, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'),
    error: 'the answer is no gRPC-Web: its content-type is text/html',
  },
  {
    name: 'no trailers',
    answer: (message, response) =>
      response.writeHead(200, { 'content-type': 'application/grpc-web' }).end(encodeGrpcFrame(message)),
    error: 'the answer ended without a gRPC status',
  },
  {
    name: 'no message',
    answer: (_message, response) =>
      response.writeHead(200, { 'content-type': 'application/grpc-web' }).end(trailerFrame([['grpc-status', '0']])),
    error: 'the answer has 0 messages instead of one',
  },
  {
    name: 'text that is no base64',
    answer: (_message, response) =>
      response.writeHead(200, { 'content-type': 'application/grpc-web-text' }).end('AAAA!!!!'),
    error: "the answer's text form is malformed: a character that is not base64",
  },
];
for (const { name, answer, error } of broken) {
  test(`${name} is no success`, async (t) => {
    const { port } = await serve(t, answer);
    const { caller } = testCaller(t);
    const [outcome] = await caller.call(webPlan(port));
    assert.deepEqual([outcome?.ok, outcome?.error], [false, error]);
  });
}

test('an answer that breaks off within a message leaves a partial one', async (t) => {
  const { port } = await serve(t, (_message, response) => {
    response.writeHead(200, { 'content-type': 'application/grpc-web' });
    response.write(encodeGrpcFrame(Buffer.alloc(100)).subarray(0, 50), () => response.socket?.end());
  });
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(webPlan(port));
  assert.equal(outcome?.ok, false);
  const { body, expectedLength } = only(journal, 'partial-message');
  assert.deepEqual([body.length, expectedLength], [45, 100]);
});

test('a call is given up at its deadline', async (t) => {
  const { port } = await serve(t, () => undefined);
  const { caller, journal } = testCaller(t);
  const [outcome] = await caller.call(webPlan(port, { timeoutMs: 40 }));
  assert.equal(outcome?.error, 'no complete answer within 40 ms');
  assert.equal(only(journal, 'reset').code, 'deadline');
});

for (const interaction of ['client-streaming', 'bidi-streaming'] as const) {
  test(`${interaction} is refused: gRPC-Web cannot stream requests`, async (t) => {
    const { caller, journal } = testCaller(t);
    await assert.rejects(caller.call(webPlan(1, { interaction })), {
      name: 'UserError',
      message:
        `A ${interaction} call cannot be made over gRPC-Web: it has no request streaming (gRPC PROTOCOL-WEB.md). ` +
        'Use gRPC-over-HTTP/2, or a unary or server-streaming method.',
    });
    assert.deepEqual(journal, []);
  });
}
