import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalRecord } from '../../../model/journal.js';
import type { LogLine } from '../../../model/session.js';
import { explain } from '../explain.js';
import { expectExplanation, silent } from '../testing/explained.js';
import {
  changed,
  evidenceOf,
  grpcCall,
  httpCall,
  liveSession,
  rawBytes,
  tcpCall,
} from '../testing/scripted-evidence.js';
import { copy } from '../testing/verdict-cases.js';

const http = httpCall('c1');
const grpc = grpcCall('c1', ['alpha', 'beta'], { path: '/yages.Echo/Ping' });
const log = (text: string, at = 2_100): LogLine => ({ at, level: 'warn', text });

describe('connection-predates-session', () => {
  const pooled = changed(grpc, { connection: 3, connectedAt: 400 });

  it("is proven by the age of the workload's connection, and by HTTP/2 from its middle", () => {
    const evidence = silent({ caller: [grpc], workload: [pooled], raw: [rawBytes('missing-preface')] });
    expectExplanation(evidence, {
      cause: 'connection-predates-session',
      summary:
        'the call travelled on an HTTP/2 connection that was opened before the session; such a connection cannot be read from its middle.',
      proof: [
        "workload's journal: its connection 3 was opened 600 ms before the session was subscribed",
        'the local process received 1 connection that joins HTTP/2 in the middle, without its preface',
      ],
    });
  });

  it("is proven by the caller's connection where the mirror listened in front of the workload", () => {
    const evidence = silent({ caller: [pooled], workload: [grpc], session: liveSession({ listenInterface: 'eth0' }) });
    assert.equal(explain(evidence, 'c1')?.cause, 'connection-predates-session');
    assert.match(explain(evidence, 'c1')?.proof[0] ?? '', /^caller's journal/);
  });

  it('is proven by the missing preface alone where no age is known', () => {
    const mute = (records: readonly JournalRecord[]) => records.filter(({ kind }) => kind !== 'connection-opened');
    const { journals, ...rest } = silent({ caller: [grpc], workload: 'none', raw: [rawBytes('missing-preface')] });
    const evidence = { ...rest, journals: { ...journals, caller: mute(journals.caller) } };
    assert.equal(explain(evidence, 'c1')?.cause, 'connection-predates-session');
  });

  it('is proven by a call that began before the session, whatever it is made of', () => {
    const evidence = silent({ caller: [changed(http, { at: 970, connectedAt: 960 })] });
    expectExplanation(evidence, {
      cause: 'connection-predates-session',
      summary: 'the call began before the mirror session was subscribed.',
      proof: ["caller's journal: the call began 30 ms before that"],
    });
  });

  it('is a cause for raw TCP with either profile: no packet in the middle of it begins an HTTP request', () => {
    const old = tcpCall('c1', { connectedAt: 400 });
    for (const profile of ['sniffer', 'redirect'] as const) {
      const explanation = explain(silent({ caller: [old], session: liveSession({ profile }) }), 'c1');
      assert.equal(explanation?.cause, 'connection-predates-session');
    }
  });

  it('is a cause for HTTP/1.1 with the redirect profile, which sees new connections only', () => {
    const evidence = silent({
      caller: [changed(http, { connectedAt: 400 })],
      session: liveSession({ profile: 'redirect' }),
    });
    assert.equal(explain(evidence, 'c1')?.cause, 'connection-predates-session');
    assert.match(explain(evidence, 'c1')?.summary ?? '', /only new connections are redirected/);
  });

  it("is not claimed for a missing preface of another call's connection", () => {
    const evidence = silent({ caller: [grpc], raw: [rawBytes('missing-preface')] });
    assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
  });
});

describe('request-not-at-packet-start', () => {
  const old = changed(http, { connectedAt: 400 });
  const summary =
    'the call travelled on a connection that was opened before the session, and no packet began with its whole request line; a sniffer takes up such a connection nowhere else.';
  const proof = (party: string): readonly string[] => [
    `${party}'s journal: its connection 1 was opened 600 ms before the session was subscribed`,
    'the request line has 31 bytes',
  ];

  it('is proven for HTTP/1.1 on `lo` by the age of the connection to the workload', () => {
    const evidence = silent({ caller: [http], workload: [old] });
    expectExplanation(evidence, { cause: 'request-not-at-packet-start', summary, proof: proof('workload') });
  });

  it("is proven for HTTP/1.1 elsewhere by the age of the caller's connection", () => {
    const evidence = silent({ caller: [old], workload: [http], session: liveSession({ listenInterface: 'eth0' }) });
    expectExplanation(evidence, { cause: 'request-not-at-packet-start', summary, proof: proof('caller') });
  });

  it('is not claimed for a connection that began with the session', () => {
    assert.equal(explain(silent({ caller: [old], workload: [http] }), 'c1')?.cause, 'unknown');
  });
});

describe('flow-control-exceeded', () => {
  it('is proven by the reset of the copy', () => {
    const evidence = evidenceOf(
      copy(grpc, { messages: ['alpha'], halfClosed: false, reset: { code: 'FLOW_CONTROL_ERROR' } }),
    );
    expectExplanation(evidence, {
      cause: 'flow-control-exceeded',
      summary:
        "the caller sent as much at once as the workload's HTTP/2 windows allow, and the local process had granted less; it refused the copy.",
      proof: ['local process\'s journal: connection 1 ended with "FLOW_CONTROL_ERROR"'],
    });
  });

  it('is proven by the log', () => {
    const evidence = silent({ logs: [log('http2: connection error: flow-control window exceeded')] });
    assert.equal(explain(evidence, 'c1')?.cause, 'flow-control-exceeded');
  });

  it("is not claimed for another call's connection", () => {
    const other = grpcCall('c2', ['x'], { connection: 2, reset: { code: 'FLOW_CONTROL_ERROR' } });
    const evidence = evidenceOf({ caller: [grpc], localProcess: [changed(grpc, { halfClosed: false }), other] });
    assert.equal(explain(evidence, 'c1')?.cause, 'unknown');
  });
});

describe('undecodable', () => {
  it('tells what could not be read, and why', () => {
    const evidence = silent({
      raw: [
        rawBytes('hpack-state-missing', { connection: 4, body: 'x'.repeat(300), detail: 'index 62' }),
        rawBytes('malformed', { connection: 5, body: 'x' }),
      ],
    });
    expectExplanation(evidence, {
      cause: 'undecodable',
      summary: 'bytes arrived at the local process that could not be read as the call.',
      proof: [
        "local process's journal: connection 4 has HTTP/2 headers that refer to a compression state which was never seen (300 bytes): index 62",
        "local process's journal: connection 5 has bytes that break the rules of HTTP (1 byte)",
      ],
    });
  });

  it("explains a cut copy by its own connection, not by another's", () => {
    const evidence = (connection: number) =>
      evidenceOf({ ...copy(grpc, { halfClosed: false }), raw: [rawBytes('malformed', { connection })] });
    assert.equal(explain(evidence(1), 'c1')?.cause, 'undecodable');
    assert.equal(explain(evidence(2), 'c1')?.cause, 'unknown');
  });
});
