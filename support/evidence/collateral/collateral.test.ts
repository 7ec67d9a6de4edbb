import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalRecord } from '../../model/journal.js';
import type { CallVerdict, Evidence } from '../../model/verdict.js';
import {
  changed,
  evidenceOf,
  grpcCall,
  httpCall,
  liveSession,
  type Script,
  without,
} from '../verdict/testing/scripted-evidence.js';
import { answered } from '../verdict/testing/verdict-cases.js';
import { collateralLines } from './describe.js';
import { measureCollateral } from './measure.js';
import { noticedByCaller } from './notice.js';

const http = httpCall('c1');
const redirect = liveSession({
  profile: 'redirect',
  log: [{ at: 990, level: 'info', text: 'flush: port 8080: ss ended 1 sockets' }],
});

/** The same evidence, in which these connections ended so. Sessions begin at 900, and are subscribed at 1,000. */
function ended(
  script: Script,
  party: 'caller' | 'workload',
  ...closed: readonly (Omit<Extract<JournalRecord, { kind: 'connection-closed' }>, 'kind' | 'connection'> & {
    readonly connection?: number;
  })[]
): Evidence {
  const evidence = evidenceOf(script);
  const records = closed.map((each) => ({ kind: 'connection-closed' as const, connection: 1, ...each }));
  const journal = [...(evidence.journals[party] ?? []), ...records];
  return { ...evidence, journals: { ...evidence.journals, [party]: journal } };
}
const older = changed(http, { connectedAt: 400 });
const told = (verdicts: readonly CallVerdict[]): readonly string[] =>
  verdicts.flatMap(({ verdict, differences, explanation }) => [
    `${verdict} (${explanation?.cause})`,
    ...differences.map(({ what, expected, found }) => `${what}: ${expected} | ${found}`),
  ]);

describe('what is measured of collateral', () => {
  it('is nothing where callers and workload are left alone', () => {
    const measured = measureCollateral(evidenceOf({ caller: [http] }));
    assert.deepEqual(measured, {
      caller: {
        connections: { opened: 1, broken: [] },
        calls: { made: 1, brokenOff: 0, answeredByAgent: 0 },
        headers: [],
      },
      workload: { connections: { opened: 1, broken: [] }, requests: 1 },
    });
    assert.deepEqual(collateralLines(measured), []);
  });

  it('are connections that broke while there was a session, not those that ended in order or without one', () => {
    const evidence = ended(
      { caller: [older], session: redirect },
      'caller',
      { at: 980, how: 'rst' },
      { at: 850, how: 'rst', connection: 2 },
      { at: 1_500, how: 'fin', connection: 3 },
    );
    const { caller } = measureCollateral(evidence);
    assert.deepEqual(caller.connections.broken, [{ connection: 1, how: 'rst', session: 1, afterMs: 80, older: true }]);
    assert.deepEqual(collateralLines(measureCollateral(evidence)), [
      'the caller: connection 1 was reset 80 ms after session 1 had begun',
    ]);
  });

  it('is which of several sessions it was', () => {
    const sessions = [{ from: 100, to: 200 }, { from: 900 }];
    const evidence = ended({ caller: [older], sessions }, 'workload', { at: 950, how: 'lost', detail: 'ECONNABORTED' });
    assert.deepEqual(collateralLines(measureCollateral(evidence)), [
      'the workload: connection 1 was lost (ECONNABORTED) 50 ms after session 2 had begun',
    ]);
  });

  it('are calls that were broken off, and answers of the agent', () => {
    const broken = changed(without(http, 'answer'), { reset: { code: 'ECONNRESET' } });
    const byAgent = answered(httpCall('c2'), {
      status: 502,
      messages: ['mirrord-agent v3.250.0: connection refused'],
    });
    const measured = measureCollateral(evidenceOf({ caller: [broken, byAgent], workload: 'none' }));
    assert.deepEqual(measured.caller.calls, { made: 2, brokenOff: 1, answeredByAgent: 1 });
    assert.equal(measured.workload, undefined);
  });

  it('are headers of answers, each change once; what a mesh adds and proxies write is none', () => {
    const headers = [
      ['content-type', 'text/plain'],
      ['Cache-Control', 'no-store'],
      ['server', 'envoy'],
      ['x-envoy-upstream-service-time', '3'],
    ] as const;
    const calls = [http, httpCall('c2')];
    const { caller } = measureCollateral(
      evidenceOf({ caller: calls.map((call) => answered(call, { headers })), workload: calls }),
    );
    assert.deepEqual(caller.headers, [{ name: 'cache-control', sent: 'none', received: '"no-store"', calls: 2 }]);
  });

  it('is nothing where gRPC without messages has its trailers in another block', () => {
    const call = grpcCall('c1', []);
    const only = answered(without(call, 'trailers'), {
      headers: [
        ['content-type', 'application/grpc'],
        ['grpc-status', '0'],
        ['grpc-message', ''],
      ],
    });
    assert.deepEqual(measureCollateral(evidenceOf({ caller: [only], workload: [call] })).caller.headers, []);
  });
});

describe('what a caller notices', () => {
  it('is nothing where its answer is the workload’s', () => {
    assert.deepEqual(noticedByCaller(evidenceOf({ caller: [http] }), ['c1']), []);
  });

  it('is nothing of what befalls the copy', () => {
    assert.deepEqual(noticedByCaller(evidenceOf({ caller: [http], localProcess: [] }), ['c1']), []);
  });

  it('is a header that was added on the way', () => {
    const caller = [
      answered(http, {
        headers: [
          ['content-type', 'text/plain'],
          ['cache-control', 'no-store'],
        ],
      }),
    ];
    const evidence = evidenceOf({ caller, workload: [http], session: redirect });
    assert.deepEqual(told(noticedByCaller(evidence, ['c1'])), [
      'collateral (header-overwritten)',
      'response header cache-control: none | "no-store"',
    ]);
  });

  it('is the end of a connection that a session broke, of whatever call', () => {
    const evidence = ended({ caller: [older], session: redirect }, 'caller', { at: 980, how: 'rst' });
    assert.deepEqual(told(noticedByCaller(evidence, ['c1'])), [
      'collateral (flushed)',
      'connection: kept | connection 1 was reset 80 ms after session 1 had begun',
    ]);
  });

  it('is a call that was under way when a session broke its connection, though nobody told the caller', () => {
    const waiting = changed(without(older, 'answer'), { at: 500, reset: { code: 'deadline' } });
    const evidence = ended({ caller: [waiting], workload: [older], session: redirect }, 'workload', {
      at: 980,
      how: 'lost',
      detail: 'ECONNABORTED',
    });
    const [verdict] = noticedByCaller(evidence, ['c1']);
    assert.equal(verdict?.explanation?.cause, 'flushed');
    assert.deepEqual(verdict?.explanation?.proof, [
      "caller's journal: the call began 500 ms before the session was subscribed, and was broken off with deadline 12 ms after it began, without an answer",
      "workload's journal: connection 1 was lost (ECONNABORTED) 80 ms after session 1 had begun",
      `agent's log: "flush: port 8080: ss ended 1 sockets"`,
    ]);
  });

  it('is an answer that did not come from the workload', () => {
    const evidence = evidenceOf({ caller: [answered(http, { status: 503 })], workload: [] });
    assert.deepEqual(told(noticedByCaller(evidence, ['c1'])), [
      'collateral (call-not-delivered)',
      "answer: the workload's | not from the workload",
    ]);
  });

  it('is not blamed on a flush that broke nothing', () => {
    const idle = liveSession({
      profile: 'redirect',
      log: [{ at: 990, level: 'info', text: 'flush: port 8080: ss ended 0 sockets' }],
    });
    const evidence = ended({ caller: [older], session: idle }, 'caller', { at: 980, how: 'rst' });
    assert.equal(noticedByCaller(evidence, ['c1'])[0]?.explanation?.cause, 'unknown');
  });
});
