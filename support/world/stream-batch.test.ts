import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OpenStreams } from '../environment/environment.js';
import type { CallOutcome, CallPlan, Payload } from '../model/call.js';
import { outcomesSoFar, StreamBatch } from './stream-batch.js';

const PLAN: CallPlan = {
  ids: ['c1'],
  protocol: 'gRPC-over-HTTP/2',
  interaction: 'bidi-streaming',
  target: { host: '10.0.0.1', port: 9090, authority: 'echo:9090' },
  headers: [],
  messages: [{ kind: 'text', text: 'of a Given-step' }],
  concurrency: 1,
  connections: 'shared',
  timeoutMs: 50,
};
const ONE: Payload = { kind: 'text', text: 'one' };
const OK: CallOutcome = { id: 'c1', ok: true, httpStatus: 200, grpcStatus: 0, durationMs: 1 };
const { signal } = new AbortController();

/** Streams that end as they are told. */
function fake(told: Partial<OpenStreams> & { readonly end?: () => Promise<void> } = {}): OpenStreams {
  const done = async (): Promise<void> => undefined;
  return {
    send: done,
    end: done,
    cancel: done,
    breakOff: done,
    over: async () => [],
    outcomes: async () => [OK],
    ...told,
  };
}

/** Waits until it is given up. */
const never = (either: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    // A timeout signal alone does not keep the process running.
    const alive = setInterval(() => undefined, 1000);
    either.addEventListener('abort', () => {
      clearInterval(alive);
      reject(either.reason);
    });
  });

function made(streams: OpenStreams, patienceMs: number): StreamBatch {
  return new StreamBatch({ plan: PLAN, mirrored: true, streams, patienceMs });
}

describe('streams that steps go on with', () => {
  it('have sent what steps sent, and nothing of what Given-steps described', async () => {
    const batch = made(fake(), 100);
    assert.deepEqual(batch.plan.messages, []);
    await batch.send(ONE, signal);
    assert.deepEqual(batch.plan.messages, [ONE]);
  });

  it('cannot be judged before it is said how they end', async () => {
    const batch = made(fake(), 100);
    assert.throws(() => batch.outcomes, /still open: say before this step how it ends/);
    await assert.rejects(batch.settle(signal), /still open: say before this step how it ends/);
    assert.deepEqual([batch.onPurpose, outcomesSoFar(batch)], ['open', []]);
  });

  for (const [how, act, onPurpose] of [
    ['ended by the caller', (batch: StreamBatch) => batch.end(signal), undefined],
    ['cancelled', (batch: StreamBatch) => batch.cancel(signal), 'cancelled'],
    ['broken off by the workload', (batch: StreamBatch) => batch.breakOff(signal), 'broken-off'],
  ] as const) {
    it(`are ${how}`, async () => {
      const batch = made(fake(), 100);
      await act(batch);
      await batch.settle(signal);
      assert.deepEqual([batch.outcomes, batch.onPurpose, outcomesSoFar(batch)], [[OK], onPurpose, [OK]]);
      await assert.rejects(batch.send(ONE, signal), /whose end was said before/);
    });
  }

  it('may end without having been told to', async () => {
    const batch = made(fake({ over: async () => [OK] }), 100);
    assert.deepEqual(await batch.settle(signal), [OK]);
    assert.equal(batch.onPurpose, undefined);
  });

  it('end by their deadline, whoever notices it first', async () => {
    for (const outcome of [
      { ...OK, ok: false, gaveUp: 'deadline' },
      { ...OK, ok: false, grpcStatus: 4 },
    ] as const) {
      const batch = made(fake({ outcomes: async () => [outcome] }), 100);
      await batch.passDeadline(signal);
      assert.equal(batch.onPurpose, 'deadline');
    }
  });

  it('are no streams that a deadline ended if they end otherwise', async () => {
    const batch = made(fake(), 100);
    await assert.rejects(batch.passDeadline(signal), /but it ended otherwise: it was answered completely/);
  });

  it('have so long to come to their end', async () => {
    const batch = made(fake({ outcomes: never }), 20);
    await batch.end(signal);
    await assert.rejects(batch.settle(signal), /has not come to its end within 20 ms/);
  });

  it('fail a message that nobody reads', async () => {
    const batch = made(fake({ send: (_, either) => never(either) }), 20);
    await assert.rejects(batch.send(ONE, signal), /could not be sent: the other side does not read within 20 ms/);
    assert.deepEqual(batch.sent, []);
  });
});
