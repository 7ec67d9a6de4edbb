import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lateAnswer } from './late-answer.js';
import { changed, evidenceOf, liveSession, tcpCall } from './testing/scripted-evidence.js';

const call = tcpCall('c1', { connectedAt: 2_000 });
const outcome = { id: 'c1', ok: true, httpStatus: 0, durationMs: 2_100, tcp: { answerBytes: 9, firstByteMs: 2_034 } };
const served = changed(call, { connectedAt: 4_010 });

describe('a first byte that comes late', () => {
  it('is harm, and that of an agent which waits for HTTP where the workload speaks first', () => {
    const evidence = evidenceOf({
      caller: [call],
      workload: [served],
      localProcess: [call],
      session: liveSession({ profile: 'redirect' }),
    });
    const { verdict, differences, explanation } = lateAnswer(evidence, outcome, 1_000);
    assert.equal(verdict, 'collateral');
    assert.deepEqual(differences, [
      { between: 'answered-received', what: 'first byte', expected: 'within 1,000 ms', found: '2,034 ms' },
    ]);
    assert.equal(explanation?.cause, 'server-first');
    assert.deepEqual(explanation?.proof, [
      "caller's journal: the first byte came after 2,034 ms",
      "workload's journal: its connection was opened 2,010 ms after the caller's",
    ]);
  });

  it('is nothing that a sniffer can be blamed for', () => {
    const evidence = evidenceOf({ caller: [call], workload: [served], localProcess: [call] });
    assert.equal(lateAnswer(evidence, outcome, 1_000).explanation?.cause, 'unknown');
  });

  it('may never have come', () => {
    const { tcp: _, ...silent } = outcome;
    const evidence = evidenceOf({ caller: [call] });
    assert.equal(lateAnswer(evidence, { ...silent, tcp: { answerBytes: 0 } }, 1_000).differences[0]?.found, 'none');
  });
});
