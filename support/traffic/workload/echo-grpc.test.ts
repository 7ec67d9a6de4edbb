import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, createServer, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { Client, compressionAlgorithms, credentials, Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { encodeGrpcFrame } from '../../wire/grpc-framing.js';
import { loadBuiltinTypes, type MethodTypes } from '../grpc/types.js';
import { firstFlight } from './testing/raw-http2.js';
import { outline, testEcho, until } from './testing/running-echo.js';

interface Called {
  readonly replies: readonly Record<string, unknown>[];
  readonly metadata: Metadata | undefined;
  readonly status: StatusObject;
}

interface Ask {
  readonly method: string;
  readonly requests: readonly unknown[];
  readonly metadata?: Readonly<Record<string, string | Buffer>>;
  readonly service?: string;
  readonly deadlineMs?: number;
}

function openClient(t: TestContext, port: number, options = {}): Client {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': -1,
    ...options,
  });
  t.after(() => client.close());
  return client;
}

function method(name: string): MethodTypes {
  return loadBuiltinTypes().method('mirrorspec.echo.v1.Echo', name);
}

/** Sends all requests at once and waits for the status. */
async function call(client: Client, ask: Ask): Promise<Called> {
  const types = method(ask.method);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(ask.metadata ?? {})) metadata.add(name, value);
  const stream = client.makeBidiStreamRequest(
    types.path,
    types.encodeRequest,
    types.decodeResponse,
    metadata,
    ask.deadlineMs === undefined ? {} : { deadline: Date.now() + ask.deadlineMs },
  );
  const replies: Record<string, unknown>[] = [];
  let head: Metadata | undefined;
  stream.on('metadata', (received: Metadata) => {
    head = received;
  });
  stream.on('data', (reply: Record<string, unknown>) => replies.push(reply));
  stream.on('error', () => undefined);
  for (const request of ask.requests) stream.write(request);
  stream.end();
  const final = await new Promise<StatusObject>((resolve) => stream.on('status', resolve));
  // Messages may still be on their way through the stream when the status is there.
  if (!stream.readableEnded) await new Promise((resolve) => stream.once('end', resolve));
  return { replies, metadata: head, status: final };
}

function texts({ replies }: Called): unknown[] {
  return replies.map(({ text }) => text);
}

describe('the echo service', () => {
  test('answers one request', async (t) => {
    const { ports } = await testEcho(t);
    const called = await call(openClient(t, ports.grpc), {
      method: 'Unary',
      requests: [{ text: 'a', payload: 'AP8=' }],
    });
    assert.deepEqual(called.replies, [{ payload: 'AP8=', index: 0, text: 'a' }]);
    assert.equal(called.status.code, status.OK);
  });

  test('joins many requests', async (t) => {
    const { ports } = await testEcho(t);
    const called = await call(openClient(t, ports.grpc), {
      method: 'ClientStream',
      requests: [{ text: 'a', payload: 'AA==' }, { text: 'b' }, { text: 'c', payload: '/w==' }],
    });
    assert.deepEqual(called.replies, [{ payload: 'AP8=', index: 0, text: 'abc' }]);
  });

  test('answers several times', async (t) => {
    const { ports } = await testEcho(t);
    const client = openClient(t, ports.grpc);
    const three = await call(client, { method: 'ServerStream', requests: [{ text: 'a' }] });
    assert.deepEqual(
      three.replies.map(({ index }) => index),
      [0, 1, 2],
    );
    const requests = [{ text: 'b', control: { messages: 50 } }];
    assert.equal((await call(client, { method: 'ServerStream', requests })).replies.length, 50);
  });

  test('answers each request at once', async (t) => {
    const { ports } = await testEcho(t);
    const types = method('BidiStream');
    const stream = openClient(t, ports.grpc).makeBidiStreamRequest(
      types.path,
      types.encodeRequest,
      types.decodeResponse,
    );
    for (const text of ['a', 'b']) {
      stream.write({ text });
      const [reply] = await once(stream, 'data');
      assert.equal(reply.text, text);
    }
    stream.end();
    stream.resume();
    const [final] = await once(stream, 'status');
    assert.equal(final.code, status.OK);
  });

  test('sends the metadata it is told, and back what is marked', async (t) => {
    const { ports } = await testEcho(t);
    const control = {
      headers: [
        { name: 'X-Head', value: 'h' },
        { name: 'raw-bin', value: 'AP8=' },
      ],
      trailers: [{ name: 'x-trail', value: 't' }],
    };
    const called = await call(openClient(t, ports.grpc), {
      method: 'Unary',
      requests: [{ control }],
      metadata: { 'x-echo-back-a': 'one', 'x-echo-back-b-bin': Buffer.from([1, 2]), 'x-other': 'no' },
    });
    assert.deepEqual(called.metadata?.get('x-head'), ['h']);
    assert.deepEqual(called.metadata?.get('raw-bin'), [Buffer.from([0, 255])]);
    assert.deepEqual(called.metadata?.get('x-echo-back-a'), ['one']);
    assert.deepEqual(called.metadata?.get('x-echo-back-b-bin'), [Buffer.from([1, 2])]);
    assert.deepEqual(called.metadata?.get('x-other'), []);
    assert.deepEqual(called.status.metadata.get('x-trail'), ['t']);
  });

  for (const { name, answers } of [
    { name: 'Unary', answers: 0 },
    { name: 'ClientStream', answers: 0 },
    { name: 'ServerStream', answers: 3 },
    { name: 'BidiStream', answers: 1 },
  ]) {
    test(`ends ${name} with an error`, async (t) => {
      const { ports, journal } = await testEcho(t);
      const control = { status: 9, statusMessage: 'not nöw', trailers: [{ name: 'x-why', value: 'because' }] };
      const called = await call(openClient(t, ports.grpc), { method: name, requests: [{ control }] });
      assert.equal(called.status.code, 9);
      assert.equal(called.status.details, 'not nöw');
      assert.deepEqual(called.status.metadata.get('x-why'), ['because']);
      assert.equal(called.replies.length, answers);
      assert.ok(outline(journal).includes('response trailers grpc-status=9 grpc-message=not%20n%C3%B6w x-why=because'));
    });
  }

  test('fails at once with trailers only', async (t) => {
    const { ports, journal } = await testEcho(t);
    const control = { status: 16, failAtOnce: true, trailers: [{ name: 'x-why', value: 'because' }] };
    const called = await call(openClient(t, ports.grpc), { method: 'BidiStream', requests: [{ control }, {}, {}] });
    assert.equal(called.status.code, 16);
    assert.deepEqual(called.status.metadata.get('x-why'), ['because']);
    const answer = outline(journal).filter((line) => line.startsWith('response'));
    assert.deepEqual(answer, [
      'response 200',
      'response trailers grpc-status=16 grpc-message= x-why=because',
      'response end',
    ]);
  });

  for (const { control, message } of [
    { control: { status: 17 }, message: 'control.status must be 0 to 16, but is 17.' },
    { control: { messages: -1 }, message: 'control.messages must be 0 to 1000000, but is -1.' },
    { control: { intervalMs: -1 }, message: 'control.interval_ms must not be negative, but is -1.' },
    { control: { headers: [{ name: 'a b' }] }, message: '"a b" cannot be a name of metadata.' },
    { control: { trailers: [{ name: 'grpc-status' }] }, message: '"grpc-status" cannot be a name of metadata.' },
    {
      control: { trailers: [{ name: 'a', value: 'ü' }] },
      message: 'The metadata "a" has a value that is not printable ASCII.',
    },
  ]) {
    test(`refuses ${JSON.stringify(control)}`, async (t) => {
      const { ports } = await testEcho(t);
      const called = await call(openClient(t, ports.grpc), { method: 'Unary', requests: [{ control }] });
      assert.deepEqual([called.status.code, called.status.details], [status.INVALID_ARGUMENT, message]);
    });
  }

  test('refuses a second request where there is one', async (t) => {
    const { ports } = await testEcho(t);
    const called = await call(openClient(t, ports.grpc), { method: 'Unary', requests: [{}, {}] });
    assert.equal(called.status.code, status.UNIMPLEMENTED);
  });

  test('takes 100 MiB, and not much more', async (t) => {
    const { ports, journal } = await testEcho(t);
    const client = openClient(t, ports.grpc);
    const payload = Buffer.alloc(100 * 1024 * 1024, 'mirrorspec');
    const types = method('Unary');
    const reply = await new Promise<Buffer>((resolve, reject) => {
      const plain = (bytes: Buffer): Buffer => bytes;
      client.makeUnaryRequest(types.path, types.encodeRequest, plain, { payload }, (error, value) => {
        if (value === undefined) reject(error);
        else resolve(value);
      });
    });
    // One field with its length, and nothing else: index 0 and the empty text are left out.
    assert.ok(reply.subarray(5).equals(payload));
    assert.ok(outline(journal).includes(`request message 0: ${reply.length} bytes`));
    assert.ok(outline(journal).includes(`response message 0: ${reply.length} bytes`));
    const tooLarge = await call(client, {
      method: 'Unary',
      requests: [{ payload: Buffer.alloc(payload.length + 2 ** 17) }],
    });
    assert.equal(tooLarge.status.code, status.RESOURCE_EXHAUSTED);
  });

  test('journals compressed messages decompressed', async (t) => {
    const { ports, journal } = await testEcho(t);
    const client = openClient(t, ports.grpc, { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip });
    const text = 'compressible '.repeat(100);
    const called = await call(client, { method: 'Unary', requests: [{ text }] });
    assert.deepEqual(texts(called), [text]);
    const message = journal.find((record) => record.kind === 'message');
    assert.equal(message?.body.length, method('Unary').encodeRequest({ text }).length);
    assert.equal(message.compressed, undefined);
  });

  test('keeps the interval between answers, and the deadline', async (t) => {
    const { ports } = await testEcho(t);
    const client = openClient(t, ports.grpc);
    const started = performance.now();
    const paced = [{ control: { messages: 3, intervalMs: 20 } }];
    assert.equal((await call(client, { method: 'ServerStream', requests: paced })).replies.length, 3);
    assert.ok(performance.now() - started >= 38);
    const endless = [{ control: { messages: 3, intervalMs: 60_000 } }];
    const late = await call(client, { method: 'ServerStream', requests: endless, deadlineMs: 100 });
    assert.equal(late.status.code, status.DEADLINE_EXCEEDED);
  });
});

describe("the gRPC port's journal", () => {
  test('has an exchange from the first to the last byte', async (t) => {
    const { ports, journal } = await testEcho(t);
    const client = openClient(t, ports.grpc);
    await call(client, {
      method: 'BidiStream',
      requests: [{ text: 'a' }, { text: 'bc' }],
      metadata: { 'x-mirrorspec-call': 'c-7' },
    });
    client.close();
    await until(journal, 'connection-closed fin');
    const lines = outline(journal);
    const path = '/mirrorspec.echo.v1.Echo/BidiStream';
    assert.deepEqual(lines.slice(0, 2), ['connection-opened', `request gRPC-over-HTTP/2 POST ${path}`]);
    assert.deepEqual(lines.filter((line) => line.startsWith('request ')).slice(1), [
      'request message 0: 3 bytes',
      'request message 1: 4 bytes',
      'request end',
    ]);
    assert.deepEqual(
      lines.filter((line) => line.startsWith('response')),
      [
        'response 200',
        'response message 0: 3 bytes',
        'response message 1: 6 bytes',
        'response trailers grpc-status=0 grpc-message=OK',
        'response end',
      ],
    );
    const request = journal.find((record) => record.kind === 'request');
    assert.equal(request?.call, 'c-7');
    assert.equal(request.authority, `127.0.0.1:${ports.grpc}`);
    assert.deepEqual(
      request.headers.filter(([name]) => name === 'te' || name === 'content-type'),
      [
        ['content-type', 'application/grpc'],
        ['te', 'trailers'],
      ],
    );
    const message = journal.find((record) => record.kind === 'message');
    assert.deepEqual(Buffer.from(message?.body.preview ?? '', 'base64'), Buffer.from('\x1a\x01a'));
  });

  test('tells connections apart', async (t) => {
    const { ports, journal } = await testEcho(t);
    for (let count = 0; count < 2; count++) {
      const client = openClient(t, ports.grpc, { 'grpc.use_local_subchannel_pool': 1 });
      await call(client, { method: 'Unary', requests: [{}] });
    }
    const requests = journal.filter((record) => record.kind === 'request');
    assert.deepEqual(
      requests.map(({ connection, exchange }) => [connection, exchange]),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  test('has a call that comes in one segment', async (t) => {
    const { ports, journal } = await testEcho(t);
    const socket = connect(ports.grpc, '127.0.0.1');
    const frame = encodeGrpcFrame(method('Unary').encodeRequest({ text: 'a' }));
    socket.write(firstFlight('/mirrorspec.echo.v1.Echo/Unary', 'application/grpc', frame));
    socket.resume();
    await until(journal, 'response end');
    const lines = outline(journal);
    assert.ok(lines.includes('request message 0: 3 bytes'), lines.join('\n'));
    assert.ok(lines.includes('request end'), lines.join('\n'));
    socket.destroy();
  });

  test('has calls of methods that there are not', async (t) => {
    const { ports, journal } = await testEcho(t);
    const session = connectHttp2(`http://127.0.0.1:${ports.grpc}`);
    t.after(() => session.destroy());
    const stream = session.request({
      ':method': 'POST',
      ':path': '/no.Such/Method',
      'content-type': 'application/grpc',
    });
    stream.end(Buffer.of(0, 0, 0, 0, 1, 7));
    const [head] = await once(stream, 'response');
    assert.equal(head['grpc-status'], '12');
    const lines = outline(journal);
    assert.ok(lines.includes('request gRPC-over-HTTP/2 POST /no.Such/Method'), lines.join('\n'));
    assert.ok(lines.some((line) => line.startsWith('response trailers grpc-status=12')));
  });

  test('has no half-close of a client that did not say it', async (t) => {
    const { ports, journal } = await testEcho(t);
    const session = connectHttp2(`http://127.0.0.1:${ports.grpc}`);
    t.after(() => session.destroy());
    const path = '/mirrorspec.echo.v1.Echo/BidiStream';
    const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
    stream.resume();
    const request = method('BidiStream').encodeRequest({ control: { status: 5, failAtOnce: true } });
    stream.write(encodeGrpcFrame(request));
    await once(stream, 'end');
    session.destroy();
    await until(journal, 'connection-closed fin');
    const lines = outline(journal);
    assert.ok(lines.includes('response end'));
    assert.ok(!lines.includes('request end'), lines.join('\n'));
    assert.ok(!lines.some((line) => line.startsWith('reset')), lines.join('\n'));
  });

  test('says that a call was cancelled, and stops', async (t) => {
    const { ports, journal } = await testEcho(t);
    const types = method('ServerStream');
    const stream = openClient(t, ports.grpc).makeServerStreamRequest(
      types.path,
      types.encodeRequest,
      types.decodeResponse,
      {
        control: { messages: 1000, intervalMs: 5 },
      },
    );
    stream.on('error', () => undefined);
    await once(stream, 'data');
    stream.cancel();
    await until(journal, 'reset CANCEL');
    const count = journal.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.equal(journal.length, count);
    assert.ok(!outline(journal).includes('response end'));
  });

  test('says that the connection was lost within a message', async (t) => {
    const { ports, journal } = await testEcho(t);
    const between = await cutWire(t, ports.grpc);
    const session = connectHttp2(`http://127.0.0.1:${between.port}`);
    session.on('error', () => undefined);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/mirrorspec.echo.v1.Echo/BidiStream',
      'content-type': 'application/grpc',
    });
    stream.on('error', () => undefined);
    stream.write(Buffer.from([0, 0, 0, 0, 3, 0x1a, 1, 97]));
    await once(stream, 'data');
    await new Promise((written) => stream.write(Buffer.from([0, 0, 0, 0, 9, 0x1a]), written));
    // The server must have it before the wire is cut; a ping comes back after it.
    await new Promise<void>((answered) => session.ping(() => answered()));
    between.cut();
    await until(journal, 'reset ECONNRESET');
    const lines = outline(journal);
    assert.ok(lines.includes('request partial-message 1: 1 bytes'), lines.join('\n'));
    assert.ok(lines.includes('connection-closed rst'), lines.join('\n'));
    assert.ok(!lines.includes('request end'));
  });
});

/** A relay whose connection to the server can be reset. */
async function cutWire(t: TestContext, port: number): Promise<{ readonly port: number; cut(): void }> {
  const upstreams: Socket[] = [];
  const relay = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1');
    upstreams.push(upstream);
    for (const side of [socket, upstream]) side.on('error', () => undefined);
    upstream.once('close', () => socket.destroy());
    socket.pipe(upstream).pipe(socket);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  t.after(() => {
    for (const upstream of upstreams) upstream.destroy();
    relay.close();
  });
  const address = relay.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    cut: () => {
      for (const upstream of upstreams) upstream.resetAndDestroy();
    },
  };
}
