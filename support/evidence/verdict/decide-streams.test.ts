import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EndOnPurpose } from '../../model/verdict.js';
import { explain } from './explain.js';
import {
  changed,
  evidenceOf,
  grpcCall,
  liveSession,
  type Script,
  type ScriptedExchange,
  without,
} from './testing/scripted-evidence.js';
import { cases } from './testing/verdict-cases.js';

const RESET = { code: 'CANCEL', detail: 'the caller cancelled' };
const HEAD = {
  status: 200,
  headers: [['content-type', 'application/grpc']],
  messages: ['one'],
  complete: false,
} as const;

/** A stream on which two messages were sent and one was answered. */
const open = grpcCall('c1', ['one', 'two'], { halfClosed: false, answer: HEAD });
const cancelled = changed(open, { reset: RESET });
const unanswered = without(open, 'answer');
const resetCopy = changed(unanswered, { reset: { code: 'CANCEL' } });

function stream(
  how: EndOnPurpose | undefined,
  caller: ScriptedExchange,
  workload: ScriptedExchange,
  localProcess: ScriptedExchange | undefined,
  session?: Script['session'],
): Script {
  return {
    caller: [caller],
    workload: [workload],
    localProcess: localProcess === undefined ? [] : [localProcess],
    ...(how === undefined ? {} : { onPurpose: { c1: how } }),
    ...(session === undefined ? {} : { session }),
  };
}
const redirect = liveSession({ profile: 'redirect', version: '3.250.0' });
const served = changed(open, { reset: { code: 'CANCEL' } });

cases('streams that are not meant to be answered completely', [
  {
    it: 'open: nothing is wrong',
    script: stream('open', open, open, unanswered),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'open, and the copy lacks a message that the workload has',
    script: stream('open', open, open, changed(unanswered, { messages: ['one'] })),
    verdict: 'truncated',
  },
  {
    it: 'open, and a message is under way to workload and local process',
    script: stream('open', open, changed(open, { messages: ['one'] }), changed(unanswered, { messages: ['one'] })),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'open, and an answer that the workload never gave is harm all the same',
    script: stream('open', changed(open, { answer: { ...HEAD, messages: ['other'] } }), open, unanswered),
    verdict: 'collateral',
  },
  {
    it: 'cancelled by the caller',
    script: stream('cancelled', cancelled, served, resetCopy),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'cancelled, although nobody wanted it to be',
    script: stream(undefined, cancelled, served, resetCopy),
    verdict: 'collateral',
  },
  {
    it: 'cancelled, and the reset overtook a message on its way to workload and local process',
    script: stream(
      'cancelled',
      cancelled,
      changed(served, { messages: ['one'] }),
      changed(resetCopy, { messages: ['one'] }),
    ),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'cancelled, and the local process was not told',
    script: stream('cancelled', cancelled, served, unanswered),
    verdict: 'truncated',
    differences: ['sent-mirrored cancellation: yes | no'],
  },
  {
    it: 'cancelled, and the local process was told of a regular end',
    script: stream('cancelled', cancelled, served, changed(unanswered, { halfClosed: true }), redirect),
    verdict: 'corrupted',
    differences: ['sent-mirrored half-close: no | yes', 'sent-mirrored cancellation: yes | no'],
  },
  {
    it: 'cancelled before anything of it was mirrored',
    script: stream('cancelled', cancelled, served, undefined),
    verdict: 'not-mirrored',
  },
  {
    it: 'broken off by the workload',
    script: stream(
      'broken-off',
      changed(open, { reset: { code: 'INTERNAL_ERROR' } }),
      changed(open, { reset: { code: 'INTERNAL_ERROR' } }),
      unanswered,
    ),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'ended by a deadline that was to pass',
    script: stream('deadline', changed(open, { reset: { code: 'deadline' } }), served, resetCopy),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'ended by a deadline, which the workload noticed just before the caller did',
    script: stream(
      'deadline',
      changed(open, { reset: { code: 'deadline' } }),
      changed(open, { answer: { ...HEAD, trailers: [['grpc-status', '4']], complete: true } }),
      resetCopy,
    ),
    verdict: 'mirrored',
    differences: [],
  },
  {
    it: 'ended by a deadline, with a status that the workload never gave',
    script: stream(
      'deadline',
      changed(open, { answer: { ...HEAD, trailers: [['grpc-status', '13']], complete: true } }),
      changed(open, { answer: { ...HEAD, trailers: [['grpc-status', '4']], complete: true } }),
      resetCopy,
    ),
    verdict: 'collateral',
  },
  {
    it: 'ended by a deadline that was not to pass',
    script: stream(undefined, changed(open, { reset: { code: 'deadline' } }), served, resetCopy),
    verdict: 'collateral',
  },
]);

describe('why a call that was broken off is not mirrored as it was', () => {
  const looksComplete = changed(unanswered, { halfClosed: true });

  it('a replay is not broken off', () => {
    const evidence = evidenceOf(stream('cancelled', cancelled, served, looksComplete, redirect));
    assert.deepEqual(explain(evidence, 'c1'), {
      cause: 'replay-not-broken-off',
      summary:
        'the call was broken off, and its replay was not: to the local process what had come by then looks like a complete request.',
      proof: [
        'the caller cancelled the call',
        "local process's journal: the request came to an orderly end, and was not reset",
        'session: requests are redirected and replayed one by one',
      ],
    });
  });

  it('the workload broke it off', () => {
    const broken = changed(open, { reset: { code: 'INTERNAL_ERROR' } });
    const evidence = evidenceOf(stream('broken-off', broken, broken, looksComplete, redirect));
    assert.equal(explain(evidence, 'c1')?.cause, 'replay-not-broken-off');
  });

  for (const [name, script] of [
    ['a sniffer replays nothing', stream('cancelled', cancelled, served, looksComplete)],
    ['an open stream is not broken off', stream('open', open, open, looksComplete, redirect)],
    ['the copy has no end', stream('cancelled', cancelled, served, unanswered, redirect)],
  ] as const) {
    it(name, () => assert.notEqual(explain(evidenceOf(script), 'c1')?.cause, 'replay-not-broken-off'));
  }
});

describe('why a copy that the local process hung up on is not whole', () => {
  const call = grpcCall('c1', ['one', 'two']);
  const part = changed(without(call, 'answer'), {
    messages: ['one'],
    halfClosed: false,
    reset: { code: 'ECONNRESET' },
  });
  /** The journal of a local process that saw these, each on a connection that broke in the middle. */
  function brokenCopies(copies: readonly ScriptedExchange[], session?: Script['session']) {
    const evidence = evidenceOf({
      caller: [call],
      localProcess: copies,
      ...(session === undefined ? {} : { session }),
    });
    const broke = copies.map(({ connection, at }) => ({
      kind: 'connection-closed' as const,
      at: at + 20,
      connection,
      how: 'rst' as const,
      detail: 'EPIPE',
    }));
    const localProcess = [...evidence.journals.localProcess, ...broke];
    return { ...evidence, journals: { ...evidence.journals, localProcess } };
  }

  /** Copies on connections of their own, each 50 ms after the one before. */
  function replayed(copy: ScriptedExchange, times: number): ScriptedExchange[] {
    return Array.from({ length: times }, (_, at) => changed(copy, { connection: at + 1, at: copy.at + 50 * at }));
  }

  it('what followed had nowhere to go', () => {
    assert.deepEqual(explain(brokenCopies([part]), 'c1'), {
      cause: 'local-process-hung-up',
      summary: 'the local process closed the connection before all of the copy was delivered.',
      proof: ["local process's journal: connection 1 was closed (EPIPE) 20 ms after the request began on it"],
    });
  });

  it('a replay is made again', () => {
    const again = replayed(part, 3);
    assert.deepEqual(explain(brokenCopies(again, redirect), 'c1'), {
      cause: 'replay-retried',
      summary:
        'the local process closed the connection before it answered, so the request was replayed again, from its beginning.',
      proof: [
        "local process's journal: the call is in it 3 times, each on a connection of its own",
        "local process's journal: connection 1 was closed (EPIPE) 20 ms after the request began on it",
      ],
    });
  });

  it('a replay is made again although all of the request had come', () => {
    const again = replayed(without(call, 'answer'), 3);
    assert.equal(explain(brokenCopies(again, redirect), 'c1')?.cause, 'replay-retried');
  });

  it('connections that were closed once the copies had come tell nothing of a replay', () => {
    const together = [1, 2].map((connection) => changed(without(call, 'answer'), { connection }));
    assert.notEqual(explain(brokenCopies(together, redirect), 'c1')?.cause, 'replay-retried');
  });

  it('two copies on one connection are no replays', () => {
    assert.notEqual(explain(brokenCopies([part, part], redirect), 'c1')?.cause, 'replay-retried');
  });

  it('a sniffer replays nothing', () => {
    const again = replayed(part, 2);
    assert.notEqual(explain(brokenCopies(again), 'c1')?.cause, 'replay-retried');
  });

  it('a connection that came to its end was not hung up', () => {
    const evidence = evidenceOf({ caller: [call], localProcess: [changed(part, { reset: { code: 'closed' } })] });
    assert.notEqual(explain(evidence, 'c1')?.cause, 'local-process-hung-up');
  });
});
