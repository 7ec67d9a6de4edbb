import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf } from '../../model/bytes.js';
import type { Journal, JournalRecord } from '../../model/journal.js';
import { flowsOf, unreadableOf } from './call-flow.js';

const ID = 'c1';
const base = { connection: 1, exchange: 1 } as const;

function request(at: number, changes: Partial<Extract<JournalRecord, { kind: 'request' }>> = {}): JournalRecord {
  return {
    kind: 'request',
    at,
    ...base,
    call: ID,
    protocol: 'HTTP/2',
    method: 'POST',
    path: '/a',
    headers: [],
    ...changes,
  };
}

function message(at: number, text: string | Uint8Array, changes: object = {}): JournalRecord {
  const body = bytesOf(typeof text === 'string' ? Buffer.from(text) : text);
  return { kind: 'message', at, ...base, direction: 'request', index: 0, body, ...changes } as JournalRecord;
}

/** Each item as `kind text: who saw it`, and what differs there. */
function told(caller: Journal, workload: Journal, localProcess: Journal): readonly string[] {
  const flow = flowsOf({ caller, workload, localProcess }, new Set([ID])).get(ID);
  return (flow?.items ?? []).map(({ kind, copy, text, seen }) => {
    const parties = Object.entries(seen).map(
      ([party, { at, text: other }]) => `${party} ${at}${other === undefined ? '' : ` "${other}"`}`,
    );
    return `${kind}${copy === undefined ? '' : ` (copy ${copy})`} ${text}: ${parties.join(', ')}`;
  });
}

describe('the flow of a call', () => {
  it('matches what the parties saw, in the order in which the caller did, in milliseconds after the first of it', () => {
    const end = (at: number): JournalRecord => ({ kind: 'end', at, ...base, direction: 'request' });
    assert.deepEqual(
      told(
        [request(1000), message(1001.26, 'x'), end(1002)],
        [request(1003), message(1004, 'x'), end(1005)],
        [request(1006), message(1007, 'y')],
      ),
      [
        'request POST /a: caller 0, workload 3, local-process 6',
        'message x: caller 1.3, workload 4, local-process 7 "y"',
        'end end of the request: caller 2, workload 5',
      ],
    );
  });

  it('a gRPC status message is the same however much of it a library encodes', () => {
    const status = (message: string): JournalRecord => ({
      kind: 'trailers',
      at: 1,
      ...base,
      direction: 'response',
      headers: [
        ['grpc-status', '5'],
        ['grpc-message', message],
      ],
    });
    assert.deepEqual(
      told([request(0), status('no <order> €')], [request(0), status('no%20%3Corder%3E%20%E2%82%AC')], []),
      [
        'request POST /a: caller 0, workload 0',
        'trailers grpc-status: 5, grpc-message: no <order> €: caller 1, workload 1',
      ],
    );
  });

  it('a message that arrived in part is that message, unfinished; one that was completed later is complete', () => {
    const part = (at: number): JournalRecord => message(at, 'tw', { kind: 'partial-message' });
    assert.deepEqual(told([request(0), message(1, 'two')], [], [request(2), part(3)]), [
      'request POST /a: caller 0, local-process 2',
      'message two: caller 1, local-process 3 "unfinished: tw"',
    ]);
    assert.deepEqual(told([request(0), message(1, 'two')], [], [request(2), part(3), message(4, 'two')]), [
      'request POST /a: caller 0, local-process 2',
      'message two: caller 1, local-process 4',
    ]);
  });

  it('tells a second copy from the first', () => {
    const again = request(9, { exchange: 2 });
    assert.deepEqual(told([request(0)], [], [request(5), again]), [
      'request POST /a: caller 0, local-process 5',
      'request (copy 2) POST /a: local-process 9',
    ]);
  });

  it('shows neither credentials nor what is invisible, and text within binary messages', () => {
    const trailers: JournalRecord = {
      kind: 'trailers',
      at: 2,
      ...base,
      direction: 'request',
      headers: [['authorization', 'Bearer secret']],
    };
    const grpc = Buffer.from('\n\u0015order 7: two espressi', 'latin1');
    assert.deepEqual(
      told(
        [request(0, { path: '/\u202e\u001b[31m', protocol: 'gRPC-over-HTTP/2' }), message(1, grpc), trailers],
        [],
        [],
      ),
      [
        'request POST /\\u{202e}\\u{1b}[31m: caller 0',
        'message binary, as text: ··order 7: two espressi: caller 1',
        'trailers authorization: [redacted]: caller 2',
      ],
    );
  });

  it('says how much is not shown', () => {
    const many = Array.from({ length: 100 }, (_, index) => message(index, `${index}`, { index }));
    const flow = flowsOf({ caller: [request(0), ...many], localProcess: [] }, new Set([ID])).get(ID);
    assert.deepEqual([flow?.items.length, flow?.cut], [60, 41]);
  });

  it('knows bytes that are no HTTP, and TLS among them', () => {
    const body = bytesOf(Buffer.from([22, 3, 1]));
    const raw = {
      kind: 'raw',
      at: 12,
      connection: 1,
      body,
      reason: 'tls',
      tls: { serverName: 'a\u0007', alpn: [] },
    } as const;
    assert.deepEqual(unreadableOf({ caller: [request(10)], localProcess: [raw] }), [
      { at: 2, text: 'TLS ClientHello for a\\u{7}: encrypted', bytes: 3 },
    ]);
  });
});
