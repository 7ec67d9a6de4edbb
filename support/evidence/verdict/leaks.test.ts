import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalRecord } from '../../model/journal.js';
import { leaksOf, unexpectedArrivals } from './leaks.js';
import { evidenceOf, grpcCall, httpCall, rawBytes, type Script, without } from './testing/scripted-evidence.js';

const c1 = httpCall('c1');
const arrivals = (script: Partial<Script>, ...expected: readonly string[]) =>
  unexpectedArrivals(evidenceOf({ caller: [c1], ...script }), new Set(expected));

describe('unexpectedArrivals', () => {
  it('finds nothing where only expected calls arrived', () => assert.deepEqual(arrivals({}, 'c1'), []));

  it('finds a call that must not be mirrored', () =>
    assert.deepEqual(arrivals({}), ['a request POST /orders?dry-run=1 on connection 1: call c1 must not be mirrored']));

  it('finds a call that the caller never made, even if it is expected', () =>
    assert.deepEqual(arrivals({ localProcess: [c1, grpcCall('c2', ['a'], { connection: 2 })] }, 'c1', 'c2'), [
      'a request mirrorspec.echo.v1.Echo/BidiStream on connection 2: the caller never made call c2',
    ]));

  it('finds a request without a call id', () =>
    assert.deepEqual(
      arrivals({ localProcess: [c1, without(httpCall('x', { method: 'GET', path: '/healthz' }), 'call')] }, 'c1'),
      ['a request GET /healthz on connection 1: it carries no call id'],
    ));

  it('finds bytes that are no HTTP', () =>
    assert.deepEqual(
      arrivals(
        {
          raw: [
            rawBytes('tls', { connection: 7, tls: { alpn: ['h2'], serverName: 'echo\u202e' } }),
            rawBytes('no-http', { connection: 8, at: 2_010 }),
          ],
        },
        'c1',
      ),
      [
        '10 bytes on connection 7 without any expected call: TLS for echo\\u{202e}',
        '10 bytes on connection 8 without any expected call: no HTTP',
      ],
    ));

  it('takes bytes beside an expected call for its own', () =>
    assert.deepEqual(arrivals({ raw: [rawBytes('upgraded', { connection: 1 })] }, 'c1'), []));

  it('takes no connection without bytes for a leak', () =>
    assert.deepEqual(arrivals({ raw: [rawBytes('no-http', { body: '' })] }, 'c1'), []));

  it('finds a part of a request whose beginning never arrived', () => {
    const evidence = evidenceOf({ caller: [c1] });
    const stray: JournalRecord = { kind: 'end', at: 3_000, connection: 4, exchange: 99, direction: 'request' };
    const grown = {
      ...evidence,
      journals: { ...evidence.journals, localProcess: [...evidence.journals.localProcess, stray] },
    };
    assert.deepEqual(unexpectedArrivals(grown, new Set(['c1'])), [
      'a part of a request (end) on connection 4, whose beginning never arrived',
    ]);
  });

  it('tells arrivals in their order, as data, too', () => {
    const script = { caller: [c1], localProcess: [httpCall('late', { at: 2_500 }), c1], raw: [rawBytes('no-http')] };
    const leaks = leaksOf(evidenceOf(script), new Set());
    assert.deepEqual(
      leaks.map((leak) => (leak.kind === 'exchange' ? `${leak.exchange.call} ${leak.reason}` : leak.kind)),
      ['c1 unwanted', 'raw', 'late unknown-call'],
    );
  });
});
