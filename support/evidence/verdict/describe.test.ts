import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Evidence } from '../../model/verdict.js';
import { decide } from './decide.js';
import { describeVerdict } from './describe.js';
import {
  changed,
  evidenceOf,
  grpcCall,
  httpCall,
  liveSession,
  rawBytes,
  traffic,
} from './testing/scripted-evidence.js';
import { answered, copy, withHeaders } from './testing/verdict-cases.js';

const ID = '3f2a9c0d11223344';
const http = httpCall(ID);
const stream = grpcCall(ID, ['alpha', 'beta', 'gamma']);
const lagging = liveSession({ counters: { lagged: 1 } });

const described = (evidence: Evidence, expected?: string): string =>
  describeVerdict(evidence, decide(evidence, ID), expected);

describe('describeVerdict', () => {
  it('tells of a call of which nothing arrived', () => {
    const unary = changed(stream, { path: '/mirrorspec.echo.v1.Echo/Unary' });
    const evidence = evidenceOf({
      caller: [unary],
      localProcess: [],
      port: 9090,
      raw: [
        rawBytes('tls', {
          tls: { alpn: ['istio-h2', 'istio', 'h2'], serverName: 'outbound_.9090_._.echo.default.svc.cluster.local' },
        }),
      ],
      session: liveSession({ listenInterface: 'eth0' }),
      interfaces: [
        traffic('eth0', { packets: 30, payloadBytes: 5_000, tlsRecords: 12 }),
        traffic('lo', { packets: 6, payloadBytes: 400, plaintextRequests: 1 }),
      ],
    });
    assert.equal(
      described(evidence),
      `call 3f2a9c0d11223344 (gRPC-over-HTTP/2 mirrorspec.echo.v1.Echo/Unary) was expected to be mirrored, but nothing of it arrived at the local process (verdict: not-mirrored).
why: encrypted-interface — the mirror listened on eth0, where the mesh carries the call inside mutual TLS.
  · eth0: 12 TLS records, 0 plaintext requests to port 9090
  · the local process received 1 connection that starts with a TLS ClientHello (ALPN istio-h2, istio, h2; SNI outbound_.9090_._.echo.default.svc.cluster.local)
  · lo carried 1 plaintext request to port 9090: let the mirror listen on "lo"
look next at the packet capture of eth0.`,
    );
  });

  it('tells of a copy that is cut off', () => {
    const arrived = { messages: ['alpha', 'beta'], partial: { body: 'ga', expectedLength: 5 }, halfClosed: false };
    assert.equal(
      described(evidenceOf({ ...copy(stream, arrived), session: lagging })),
      `call 3f2a9c0d11223344 (gRPC-over-HTTP/2 mirrorspec.echo.v1.Echo/BidiStream) was expected to be mirrored, but only a part of it arrived at the local process (verdict: truncated).
what the caller sent, and what arrived at the local process:
  message count: sent 3, arrived 2
  message 3 of 3: sent 5 bytes, arrived 2 bytes, unfinished
    sent     "gamma"
    arrived  "ga"
                ^ first difference: character 3
  half-close: sent yes, arrived no
why: agent-lagged — the mirror's agent could not keep up and gave connections up.
  · session: 1 connection given up because a queue was full
look next at the agent's log, and how many calls were in flight at once.`,
    );
  });

  it('tells of a corrupted copy, without credentials', () => {
    const sent = withHeaders(changed(http, { messages: ['{"id":7,"name":"ab"}'] }), ['authorization', 'Bearer s3cret']);
    const arrived = {
      messages: ['{"id":7,"name":"ac"}'],
      headers: [...http.headers, ['authorization', 'Bearer 0ther'] as const],
    };
    const text = described(evidenceOf({ ...copy(sent, arrived), session: lagging }));
    assert.equal(
      text,
      `call 3f2a9c0d11223344 (HTTP/1.1 POST /orders?dry-run=1) was expected to be mirrored, but what arrived at the local process is not what was sent (verdict: corrupted).
what the caller sent, and what arrived at the local process:
  header authorization: sent [redacted], arrived [redacted, differs]
  body: sent 20 bytes, arrived 20 bytes
    as JSON, first difference: line 3, character 13
        "id": 7,
    -   "name": "ab"
    +   "name": "ac"
      }
why: agent-lagged — the mirror's agent could not keep up and gave connections up.
  · session: 1 connection given up because a queue was full
look next at the agent's log, and how many calls were in flight at once.`,
    );
    assert.doesNotMatch(text, /s3cret|0ther/);
  });

  it('tells of messages in another order', () => {
    const text = described(evidenceOf(copy(stream, { messages: ['alpha', 'gamma', 'beta'] })));
    assert.match(text, /but its messages arrived in another order \(verdict: reordered\)\.$/m);
    assert.match(text, /^ {2}message order: sent 1, 2, 3, arrived 1, 3, 2$/m);
  });

  it('tells of a duplicate', () => {
    const text = described(evidenceOf({ caller: [http], localProcess: [http, http] }));
    assert.match(text, /arrived more often than it was sent \(verdict: duplicated\)\.$/m);
    assert.match(text, /^ {2}exchange count: sent 1, arrived 2$/m);
  });

  it('tells of harm to the real call', () => {
    const caller = answered(http, { status: 503, messages: ['upstream connect error'] });
    assert.equal(
      described(evidenceOf({ caller: [caller], workload: [http] })),
      `call 3f2a9c0d11223344 (HTTP/1.1 POST /orders?dry-run=1) was expected to be mirrored, but the real call was harmed (verdict: collateral).
what the workload answered, and what the caller got of it:
  status: answered 200, received 503
  response body: answered 25 bytes, received 22 bytes
    answered  "mirrored by specification"
    received  "upstream connect error"
               ^ first difference: character 1
why: call-failed — the call itself failed: the caller did not get the answer of the workload.
  · caller's journal: answered with HTTP status 503
  · workload's journal: received the call with 25 bytes, answered with status 200
look next at the caller's journal, and the mesh's policy for this call.`,
    );
  });

  it('tells of a call that leaked', () => {
    const text = described(evidenceOf({ caller: [], localProcess: [http] }), 'not to be mirrored');
    assert.match(
      text,
      /^call 3f2a9c0d11223344 \(HTTP\/1\.1 POST \/orders\?dry-run=1\) was expected not to be mirrored, but it arrived at the local process although the workload was never to get it \(verdict: leaked\)\.$/m,
    );
  });

  it('tells of a call that was mirrored against expectation', () => {
    assert.equal(
      described(evidenceOf({ caller: [http] }), 'not to be mirrored'),
      'call 3f2a9c0d11223344 (HTTP/1.1 POST /orders?dry-run=1) was expected not to be mirrored, but the local process received exactly what was sent (verdict: mirrored).',
    );
  });

  it('tells of another cause than the expected one', () => {
    const text = described(
      evidenceOf({ caller: [http], localProcess: [], session: lagging }),
      'not to be mirrored because of encrypted-interface',
    );
    assert.match(
      text,
      /was expected not to be mirrored because of encrypted-interface, and nothing of it arrived, but not as expected \(verdict: not-mirrored\)\.\nwhy: agent-lagged/,
    );
  });

  it('escapes everything that comes from outside', () => {
    const evil = '\u001b[2J\u202e';
    const sent = httpCall(`${evil}1`, {
      method: evil,
      path: `/${evil}`,
      messages: [evil],
      headers: [[`x-${evil}`, evil]],
      trailers: [[evil, evil]],
    });
    const evidence = evidenceOf({
      ...copy(sent, { messages: ['x'], headers: [], trailers: [], method: 'GET', path: '/' }),
      interfaces: [traffic(`eth${evil}`)],
      logs: [{ at: 2_100, level: 'error', text: evil }],
      session: liveSession({ listenInterface: `lo${evil}` }),
    });
    const text = describeVerdict(evidence, decide(evidence, `${evil}1`));
    assert.ok(!text.includes('\u001b') && !text.includes('\u202e'));
    assert.ok(text.includes('\\u{1b}[2J\\u{202e}'));
  });

  it('has at most 40 lines, with the explanation among them', () => {
    const lines = (word: string): string => Array.from({ length: 40 }, (_, index) => `${word} ${index}`).join('\n');
    const sent = withHeaders(
      changed(http, { messages: [lines('a')] }),
      ...Array.from({ length: 30 }, (_, index) => [`x-${index}`, 'a'] as const),
    );
    const text = described(evidenceOf({ ...copy(sent, { messages: [lines('b')], headers: [] }), session: lagging }));
    assert.ok(text.split('\n').length <= 40, text);
    assert.match(text, /^ {2}… and 26 more differences$/m);
    assert.match(text, /^why: agent-lagged/m);
  });

  it('abridges the diff rather than the explanation', () => {
    const many = Array.from({ length: 12 }, (_, index) => `a ${index}\nb`);
    const sent = grpcCall(ID, many);
    const evidence = evidenceOf({
      ...copy(sent, { messages: many.map((text) => `c\n${text}\nd`), headers: [], path: '/' }),
      interfaces: Array.from({ length: 12 }, (_, index) => traffic(`eth${index}`)),
    });
    const text = described(evidence);
    assert.ok(text.split('\n').length <= 40, text);
    assert.match(text, /^ {2}… \d+ more lines; all of it is in the report$/m);
    assert.match(text, /^ {2}· eth11: 0 packets/m);
  });
});
