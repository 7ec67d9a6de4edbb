import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LogLine } from '../../../model/session.js';
import { explain } from '../explain.js';
import { expectExplanation, silent } from '../testing/explained.js';
import { evidenceOf, grpcCall, httpCall, liveSession, traffic } from '../testing/scripted-evidence.js';
import { copy } from '../testing/verdict-cases.js';

const http = httpCall('c1');
const grpc = grpcCall('c1', ['alpha', 'beta'], { path: '/yages.Echo/Ping' });
const log = (text: string, at = 2_100): LogLine => ({ at, level: 'warn', text });

describe('local-process-down', () => {
  it('is proven by the probe', () => {
    const proofOfLife = { captureSawProbe: true, relayAnswered: false, localProcessListens: false };
    expectExplanation(silent({ session: liveSession({ proofOfLife }) }), {
      cause: 'local-process-down',
      summary: 'the local process was not there to receive the copy.',
      proof: ['session: the local process does not accept connections on its port'],
    });
  });

  it("is proven by the agent's log since the call began, not before", () => {
    const at = (time: number) => silent({ session: liveSession({ log: [log('the local process is gone', time)] }) });
    assert.equal(explain(at(2_100), 'c1')?.cause, 'local-process-down');
    assert.equal(explain(at(1_900), 'c1')?.cause, 'unknown');
  });
});

describe('filter-excluded', () => {
  it('is proven by a line of the log that names the call', () => {
    const text = 'request c1 does not match the header filter';
    expectExplanation(silent({ session: liveSession({ log: [log(text)] }) }), {
      cause: 'filter-excluded',
      summary: "the session's filter does not let this call through.",
      proof: [`agent's log: "${text}"`],
    });
  });

  it('is not claimed for a line about another call', () => {
    const session = liveSession({ log: [log('request zz does not match the header filter')] });
    assert.equal(explain(silent({ session }), 'c1')?.cause, 'unknown');
  });
});

describe('agent-lagged', () => {
  it('is proven by the counter', () => {
    const evidence = silent({ session: liveSession({ counters: { lagged: 2, drops: 3, frames: 40 } }) });
    expectExplanation(evidence, {
      cause: 'agent-lagged',
      summary: "the mirror's agent could not keep up and gave connections up.",
      proof: [
        'session: 2 connections given up because a queue was full',
        'session: 3 frames dropped, 40 frames captured',
      ],
    });
  });

  for (const text of [
    'failed to process on time 512 packet(s) from mirrored connection 3, closing connection',
    'Mirrored connection 3 failed: broadcast receiver lagged behind',
    "Mirroring client's traffic channel is full, client will not receive mirrored traffic/request",
    'too many packets of 10.0.0.1:1 → 10.0.0.2:2 wait for the local process: the connection is lost',
  ]) {
    it(`is proven by the log: ${text}`, () => {
      const evidence = silent({ session: liveSession({ log: [log(text)] }) });
      assert.deepEqual(explain(evidence, 'c1'), {
        cause: 'agent-lagged',
        summary: "the mirror's agent could not keep up and gave connections up.",
        proof: [`agent's log: "${text}"`],
      });
    });
  }

  it('explains a copy that is cut off', () => {
    const evidence = evidenceOf({
      ...copy(grpc, { messages: ['alpha'], halfClosed: false }),
      session: liveSession({ counters: { lagged: 1 } }),
    });
    assert.equal(explain(evidence, 'c1')?.cause, 'agent-lagged');
  });
});

describe('capture-dropped', () => {
  for (const [what, script] of [
    ['a call that never arrived', { caller: [http], localProcess: [] }],
    ['a truncated copy', copy(http, { halfClosed: false })],
    ['a corrupted copy', copy(http, { messages: ['mirrored cation'] })],
  ] as const) {
    it(`explains ${what}`, () => {
      const evidence = evidenceOf({ ...script, session: liveSession({ counters: { drops: 3, frames: 1_200 } }) });
      expectExplanation(evidence, {
        cause: 'capture-dropped',
        summary: "the kernel dropped frames because the capture's ring was full: the copy has holes.",
        proof: ['session: 3 frames dropped, 1,200 frames captured'],
      });
    });
  }
});

describe('segment-retransmitted', () => {
  const interfaces = [traffic('lo', { packets: 9, payloadBytes: 900, plaintextRequests: 1, retransmissions: 2 })];
  for (const [what, script] of [
    ['a corrupted copy', copy(http, { messages: ['mirrored cation'] })],
    ['a copy that arrived twice', { caller: [http], localProcess: [http, http] }],
  ] as const) {
    it(`explains ${what}`, () => {
      expectExplanation(evidenceOf({ ...script, interfaces }), {
        cause: 'segment-retransmitted',
        summary:
          'segments came again or out of order, and a sniffer, which follows no sequence numbers, mirrors them as they come.',
        proof: ['lo: 2 segments sent again or overtaken'],
      });
    });
  }

  for (const [what, script] of [
    ['a truncated copy', copy(http, { halfClosed: false })],
    ['a corrupted copy', copy(http, { messages: ['mirrored cation'] })],
  ] as const) {
    it(`is named besides what else was lost of ${what}`, () => {
      const also = 'besides, segments came again or out of order, which a sniffer mirrors as they come.';
      const lagged = liveSession({ counters: { lagged: 1 } });
      expectExplanation(evidenceOf({ ...script, interfaces, session: lagged }), {
        cause: 'agent-lagged',
        summary: `the mirror's agent could not keep up and gave connections up; ${also}`,
        proof: ['session: 1 connection given up because a queue was full', 'lo: 2 segments sent again or overtaken'],
      });
      const dropped = liveSession({ counters: { drops: 3, frames: 1_200 } });
      expectExplanation(evidenceOf({ ...script, interfaces, session: dropped }), {
        cause: 'capture-dropped',
        summary: `the kernel dropped frames because the capture's ring was full: the copy has holes; ${also}`,
        proof: ['session: 3 frames dropped, 1,200 frames captured', 'lo: 2 segments sent again or overtaken'],
      });
    });
  }

  it('does not explain why a call never arrived', () => {
    const session = liveSession({ counters: { lagged: 1 } });
    const evidence = evidenceOf({ caller: [http], localProcess: [], interfaces, session });
    assert.deepEqual(explain(evidence, 'c1')?.proof, ['session: 1 connection given up because a queue was full']);
  });

  it('is not claimed for another interface than the one that was listened on', () => {
    const elsewhere = [traffic('lo', {}), traffic('eth0', { retransmissions: 2 })];
    const evidence = evidenceOf({ ...copy(http, { messages: ['mirrored cation'] }), interfaces: elsewhere });
    assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
  });

  it('is not claimed for the profile redirect, which reads a stream', () => {
    const session = liveSession({ profile: 'redirect' });
    const evidence = evidenceOf({ ...copy(http, { messages: ['mirrored cation'] }), interfaces, session });
    assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
  });
});
