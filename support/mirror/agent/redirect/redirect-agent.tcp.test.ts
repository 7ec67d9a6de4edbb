import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { compileFilter } from './http-filter.js';
import { intercept, listen, textOf, until } from './testing/interception.js';

/** An application that says everything back. */
function echo() {
  return createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
}

test('bytes go both ways and the caller’s are mirrored, with either end’s half-close', async (context) => {
  const port = await listen(context, echo());
  const { caller, mirrored } = await intercept(context, port);
  const { socket, heard } = await caller();
  const { localPort } = socket;
  socket.write('\x00\x01one');
  await until(() => heard() === '\x00\x01one');
  socket.end('two');
  await until(() => mirrored[0]?.closed === true);
  await until(() => heard() === '\x00\x01onetwo');
  const [copy] = mirrored;
  assert.ok(copy !== undefined);
  assert.deepEqual([textOf(copy), copy.ended, copy.request], ['\x00\x01onetwo', true, undefined]);
  assert.equal(copy.connection.local, `127.0.0.1:${port}`);
  assert.equal(copy.connection.remote, `127.0.0.1:${localPort}`);
});

test('TLS is opaque: its records are mirrored as they are', async (context) => {
  const hello = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), Buffer.alloc(506, 7)]);
  const port = await listen(context, echo());
  const { caller, mirrored } = await intercept(context, port);
  const { socket } = await caller();
  socket.end(hello);
  await until(() => mirrored[0]?.closed === true);
  assert.deepEqual(Buffer.concat(mirrored[0]?.pieces ?? []), hello);
});

test('a server that speaks first is heard only when the caller has been silent for the detection’s time', async (context) => {
  const port = await listen(
    context,
    createServer((socket) => socket.write('220 ready\r\n')),
  );
  const { caller, mirrored } = await intercept(context, port, { detectionTimeoutMs: 300 });
  const began = performance.now();
  const { socket, heard } = await caller();
  await until(() => heard() === '220 ready\r\n');
  const waited = performance.now() - began;
  assert.ok(waited >= 295, `${waited} ms`);
  socket.write('HELO\r\n');
  await until(() => mirrored[0] !== undefined && textOf(mirrored[0]) === 'HELO\r\n');
});

test('an agent that waits for ever lets a server that speaks first be heard when the caller has spoken', async (context) => {
  const port = await listen(
    context,
    createServer((socket) => socket.write('220 ready\r\n')),
  );
  const { caller, mirrored } = await intercept(context, port, { detectionTimeoutMs: Number.POSITIVE_INFINITY });
  const { socket, heard } = await caller();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(heard(), '');
  socket.write('HELO\r\n');
  await until(() => heard() === '220 ready\r\n');
  await until(() => mirrored[0] !== undefined && textOf(mirrored[0]) === 'HELO\r\n');
});

test('the detection’s time is for each read: a request line that comes in slow pieces is one', async (context) => {
  const port = await listen(context, echo());
  const { caller, mirrored, agent } = await intercept(context, port, { detectionTimeoutMs: 250 });
  const { socket } = await caller();
  for (const piece of ['GE', 'T /slow', ' HTT', 'P/1.1\r\n']) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  socket.write('host: workload\r\n\r\n');
  await until(() => mirrored[0]?.request?.target === '/slow');
  assert.equal(agent.counters().connections, 0);
});

test('what a caller says is mirrored when it is written to the application, not before', async (context) => {
  let accepted: Socket | undefined;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    accepted = socket;
  });
  const port = await listen(context, server);
  const { caller, mirrored } = await intercept(context, port);
  const { socket } = await caller();
  const bytes = 64 * 2 ** 20;
  const length = (): number => mirrored[0]?.pieces.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
  socket.write(Buffer.alloc(bytes, 1));
  // The application reads nothing: as much is mirrored as the kernel takes for it.
  let before = -1;
  await until(() => {
    const stopped = length() > 0 && length() === before;
    before = length();
    return stopped && socket.writableLength > 0;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.ok(length() < bytes / 2, `${length()} bytes`);
  const held = length();
  accepted?.resume();
  await until(() => length() > held);
});

test('pieces have at most 64 KiB', async (context) => {
  const port = await listen(
    context,
    createServer((socket) => socket.resume()),
  );
  const { agent, caller, mirrored } = await intercept(context, port);
  const sizes: number[] = [];
  const { socket } = await caller();
  socket.end(Buffer.alloc(2 ** 20, 1));
  await until(() => mirrored[0]?.ended === true);
  for (const { length } of mirrored[0]?.pieces ?? []) sizes.push(length);
  assert.ok(Math.max(...sizes) <= 64 * 1024, `${Math.max(...sizes)}`);
  assert.equal(agent.counters().forwardedBytes, 2 ** 20);
});

test('an application that cannot be reached: the caller’s connection is reset', async (context) => {
  const server = createServer();
  const port = await listen(context, server);
  await new Promise((resolve) => server.close(resolve));
  const { caller, mirrored, log } = await intercept(context, port);
  const { socket } = await caller();
  const failed = once(socket, 'error');
  socket.write('\x00');
  const [error] = (await failed) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  await until(() => mirrored[0]?.closed === true);
  assert.match(log.join('\n'), /^warn Mirrored connection 0 failed: .*ECONNREFUSED/m);
});

for (const [who, breaks] of [
  ['caller', 'the application'],
  ['application', 'the caller'],
] as const) {
  test(`a reset by the ${who} reaches ${breaks}, and ends the copy`, async (context) => {
    let atApplication: Socket | undefined;
    let failure: string | undefined;
    const fail = (error: NodeJS.ErrnoException): void => {
      failure = error.code;
    };
    const port = await listen(
      context,
      createServer((socket) => {
        atApplication = socket.resume();
        if (who === 'caller') socket.on('error', fail);
      }),
    );
    const { caller, mirrored, log } = await intercept(context, port);
    const { socket } = await caller();
    if (who === 'application') socket.on('error', fail);
    socket.write('\x00');
    await until(() => mirrored[0] !== undefined && textOf(mirrored[0]) === '\x00');
    (who === 'caller' ? socket : atApplication)?.resetAndDestroy();
    await until(() => failure !== undefined && mirrored[0]?.closed === true);
    assert.equal(failure, 'ECONNRESET');
    assert.equal(mirrored[0]?.ended, false);
    assert.match(log.join('\n'), /^warn Mirrored connection 0 failed: .*reset|ECONNRESET/m);
  });
}

test('on a port with a filter nothing but HTTP is mirrored, and everything is passed on', async (context) => {
  const port = await listen(context, echo());
  const filter = compileFilter({ path: '.*' });
  const { caller, mirrored, local } = await intercept(context, port, { filter });
  const { socket, heard } = await caller();
  socket.write('\x00raw');
  await until(() => heard() === '\x00raw');
  assert.ok(await local.ping(1000));
  assert.deepEqual(mirrored, []);
});

test('what no one has subscribed is passed on', async (context) => {
  const port = await listen(context, echo());
  const { caller, mirrored, local } = await intercept(context, port, { subscribed: false });
  const { socket, heard } = await caller();
  socket.write('\x00raw');
  await until(() => heard() === '\x00raw');
  assert.ok(await local.ping(1000));
  assert.deepEqual(mirrored, []);
});
