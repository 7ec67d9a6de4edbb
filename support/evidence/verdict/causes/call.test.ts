import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explain } from '../explain.js';
import { expectExplanation, silent } from '../testing/explained.js';
import { changed, evidenceOf, grpcCall, httpCall, without } from '../testing/scripted-evidence.js';
import { answered } from '../testing/verdict-cases.js';

const http = httpCall('c1');
const grpc = grpcCall('c1', ['alpha', 'beta'], { path: '/yages.Echo/Ping' });
const broken = changed(without(http, 'answer'), { reset: { code: 'ECONNRESET', detail: 'read ECONNRESET' } });

describe('call-not-delivered', () => {
  it('tells how the call ended for the caller', () => {
    const evidence = silent({ caller: [broken], workload: [] });
    expectExplanation(evidence, {
      cause: 'call-not-delivered',
      summary: 'the call never reached the workload, so there was nothing to mirror.',
      proof: [
        "caller's journal: broken off with ECONNRESET (read ECONNRESET) 12 ms after it began, without an answer",
        "workload's journal: no request of this call among 0 requests",
      ],
    });
  });

  it('points at another replica where somebody else answered', () => {
    const evidence = silent({ workload: [httpCall('c2')] });
    assert.deepEqual(explain(evidence, 'c1')?.proof.slice(1), [
      "workload's journal: no request of this call among 1 request",
      'something else answered it: a proxy on the way, or another replica of the workload',
    ]);
  });

  it('quotes the gRPC status of a refusal', () => {
    const refused = answered(grpc, {
      messages: [],
      trailers: [
        ['grpc-status', '7'],
        ['grpc-message', 'RBAC: access denied'],
      ],
    });
    const evidence = silent({ caller: [refused], workload: [] });
    assert.equal(
      explain(evidence, 'c1')?.proof[0],
      'caller\'s journal: answered with HTTP status 200, gRPC status 7, "RBAC: access denied"',
    );
  });

  it('is certain without a journal of the workload where the connection was refused', () => {
    const refused = changed(broken, { reset: { code: 'ECONNREFUSED' } });
    assert.equal(explain(silent({ caller: [refused], workload: 'none' }), 'c1')?.cause, 'call-not-delivered');
  });

  it('knows a call that was never made', () => {
    assert.equal(explain(silent({ caller: [] }), 'c1')?.summary, 'the caller never made this call.');
  });

  it('explains a leak of a call that was refused', () => {
    assert.equal(
      explain(evidenceOf({ caller: [broken], workload: [], localProcess: [http] }), 'c1')?.cause,
      'call-not-delivered',
    );
  });
});

describe('call-failed', () => {
  it("sets the caller's and the workload's end of the call side by side", () => {
    expectExplanation(evidenceOf({ caller: [broken], workload: [http] }), {
      cause: 'call-failed',
      summary: 'the call itself failed: the caller did not get the answer of the workload.',
      proof: [
        "caller's journal: broken off with ECONNRESET (read ECONNRESET) 12 ms after it began, without an answer",
        "workload's journal: received the call with 25 bytes, answered with status 200",
      ],
    });
  });

  it('explains a status that the workload did not send', () => {
    const failed = answered(http, { status: 503, headers: [['server', 'envoy']] });
    const explanation = explain(evidenceOf({ caller: [failed], workload: [http] }), 'c1');
    assert.equal(explanation?.cause, 'call-failed');
    assert.equal(explanation?.proof[0], 'caller\'s journal: answered with HTTP status 503, from "envoy"');
  });

  it('says that nobody knows what a workload without a journal saw', () => {
    const explanation = explain(silent({ caller: [broken], workload: 'none' }), 'c1');
    assert.equal(explanation?.cause, 'call-failed');
    assert.equal(explanation?.proof.at(-1), 'the workload keeps no journal: what it saw is unknown');
  });
});
