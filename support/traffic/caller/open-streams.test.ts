import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { CallPlan, Payload } from '../../model/call.js';
import type { JournalRecord } from '../../model/journal.js';
import { RequestDecoder } from '../../wire/request-decoder.js';
import { testEcho } from '../workload/testing/running-echo.js';
import { ids, listen, plan, recordsOf, testCaller } from './test-support.js';

/** An echo workload behind a relay that decodes what really goes over the wire to it. */
async function watchedEcho(t: TestContext, speaks: 'http' | 'grpc') {
  const echo = await testEcho(t);
  const wire: JournalRecord[] = [];
  let exchanges = 0;
  const relay = createServer((socket) => {
    const upstream = connect(echo.ports[speaks], '127.0.0.1');
    const decoder = new RequestDecoder({
      connection: 0,
      nextExchange: () => exchanges++,
      journal: (record) => wire.push(record),
    });
    socket.on('data', (bytes: Buffer) => {
      decoder.push(bytes);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => socket.write(bytes));
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
    socket.on('close', () => decoder.end('fin', undefined));
  });
  const { port } = await listen(t, relay);
  return { port, wire, workload: echo };
}

const BIDI: Partial<CallPlan> = { protocol: 'gRPC-over-HTTP/2', interaction: 'bidi-streaming' };
const ONE: Payload = { kind: 'text', text: 'one' };
const TWO: Payload = { kind: 'text', text: 'two' };

async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!what()) {
    assert.ok(Date.now() < deadline, 'it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const messages = (journal: readonly JournalRecord[], direction: 'request' | 'response') =>
  recordsOf(journal, 'message').filter((record) => record.direction === direction);

test('each message is on the wire and answered before the next one is given, and the stream stays open', async (t) => {
  const { port, wire } = await watchedEcho(t, 'grpc');
  const { caller, journal } = testCaller(t);
  await caller.open(plan(port, BIDI));
  const call = ids(1);
  for (const [sent, payload] of [ONE, TWO].entries()) {
    await caller.streams.send(call, payload);
    await until(() => messages(journal, 'response').length === sent + 1);
    assert.equal(messages(wire, 'request').length, sent + 1);
  }
  assert.deepEqual(caller.streams.over(call), []);
  assert.deepEqual(recordsOf(wire, 'end'), []);
  caller.streams.end(call);
  const [outcome] = await caller.streams.outcomes(call);
  assert.equal(outcome?.ok, true);
  assert.equal(recordsOf(wire, 'end').length, 1);
});

for (const protocol of ['gRPC-over-HTTP/2', 'HTTP/2'] as const) {
  test(`a cancelled ${protocol} stream is reset, without an end in front of the reset`, async (t) => {
    const { port, wire } = await watchedEcho(t, protocol === 'HTTP/2' ? 'http' : 'grpc');
    const { caller, journal } = testCaller(t);
    await caller.open(plan(port, { ...BIDI, protocol }));
    await caller.streams.send(ids(1), ONE);
    await until(() => recordsOf(journal, 'response').length === 1);
    caller.streams.cancel(ids(1));
    const [outcome] = await caller.streams.outcomes(ids(1));
    assert.deepEqual([outcome?.ok, outcome?.gaveUp], [false, 'cancelled']);
    await until(() => recordsOf(wire, 'reset').length > 0);
    assert.deepEqual(
      recordsOf(wire, 'reset').map(({ code }) => code),
      ['CANCEL'],
    );
    assert.deepEqual(recordsOf(wire, 'end'), []);
  });
}

test('a cancelled call over HTTP/1.1 ends its connection', async (t) => {
  const { port, wire } = await watchedEcho(t, 'http');
  const { caller } = testCaller(t);
  await caller.open(plan(port, { protocol: 'HTTP/1.1', interaction: 'bidi-streaming' }));
  await caller.streams.send(ids(1), ONE);
  await until(() => recordsOf(wire, 'request').length === 1);
  caller.streams.cancel(ids(1));
  assert.equal((await caller.streams.outcomes(ids(1)))[0]?.gaveUp, 'cancelled');
  await until(() => recordsOf(wire, 'reset').length === 1);
});

test('what the workload breaks off is reset, and the caller knows', async (t) => {
  const { port, workload } = await watchedEcho(t, 'grpc');
  const { caller, journal } = testCaller(t);
  await caller.open(plan(port, BIDI));
  await caller.streams.send(ids(1), ONE);
  await until(() => messages(journal, 'response').length === 1);
  assert.equal(workload.breakOff('another'), false);
  assert.equal(workload.breakOff('call-1'), true);
  const [outcome] = await caller.streams.outcomes(ids(1));
  assert.deepEqual([outcome?.ok, outcome?.gaveUp], [false, undefined]);
  assert.match(outcome?.error ?? '', /INTERNAL_ERROR/);
  assert.equal(workload.breakOff('call-1'), false);
  await assert.rejects(caller.streams.send(ids(1), TWO), /nothing can be sent any more/);
});

test('a deadline ends a stream, and its gRPC status is 4', async (t) => {
  const { port } = await watchedEcho(t, 'grpc');
  const { caller } = testCaller(t);
  await caller.open(plan(port, { ...BIDI, timeoutMs: 100 }));
  const [outcome] = await caller.streams.outcomes(ids(1));
  assert.equal(outcome?.grpcStatus, 4);
});

test('a deadline ends the answers of a gRPC-Web call, and its gRPC status is 4', async (t) => {
  const { port } = await watchedEcho(t, 'http');
  const { caller } = testCaller(t);
  const echo = { messages: 100, intervalMs: 50 };
  await caller.open(
    plan(port, { protocol: 'gRPC-over-HTTP/1.1', interaction: 'server-streaming', timeoutMs: 120, echo }),
  );
  await caller.streams.send(ids(1), ONE);
  caller.streams.end(ids(1));
  assert.equal((await caller.streams.outcomes(ids(1)))[0]?.grpcStatus, 4);
});

test('streams of one batch share a connection, and go on together', async (t) => {
  const { port, wire, workload } = await watchedEcho(t, 'grpc');
  const { caller, journal } = testCaller(t);
  await caller.open(plan(port, { ...BIDI, ids: ids(50) }));
  await caller.streams.send(ids(50), ONE);
  await until(() => messages(journal, 'response').length === 50);
  caller.streams.end(ids(50));
  assert.equal((await caller.streams.outcomes(ids(50))).filter(({ ok }) => ok).length, 50);
  assert.equal(recordsOf(wire, 'request').length, 50);
  assert.equal(recordsOf(workload.journal, 'connection-opened').length, 1);
});

test('a method that takes one message takes no second one', async (t) => {
  const { port } = await watchedEcho(t, 'grpc');
  const { caller } = testCaller(t);
  await caller.open(plan(port, { ...BIDI, interaction: 'server-streaming' }));
  await caller.streams.send(ids(1), ONE);
  await assert.rejects(caller.streams.send(ids(1), TWO), /takes one message/);
});

test('the message of a gRPC-Web stream is known to be sent before the stream is ended', async (t) => {
  const { port, wire } = await watchedEcho(t, 'http');
  const { caller, journal } = testCaller(t);
  await caller.open(plan(port, { protocol: 'gRPC-over-HTTP/1.1', interaction: 'server-streaming' }));
  await caller.streams.send(ids(1), ONE);
  await until(() => messages(wire, 'request').length === 1);
  assert.equal(messages(journal, 'request').length, 1);
  caller.streams.end(ids(1));
  assert.equal((await caller.streams.outcomes(ids(1)))[0]?.ok, true);
  assert.equal(messages(journal, 'request').length, 1);
  assert.equal(messages(journal, 'response').length, 3);
});
