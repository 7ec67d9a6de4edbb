import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTcp, TcpSegment } from '../wire/ethernet.js';
import { buildTcpFrame, type TcpFrame } from '../wire/ethernet-build.js';
import { TrafficSummary } from './capture-traffic.js';

interface Sent {
  readonly sequence: number;
  readonly text?: string;
  readonly flags?: TcpFrame['flags'];
  readonly sourcePort?: number;
}

/** What an interface carried, of which these are the segments. */
function summaryOf(...sent: readonly Sent[]) {
  const summary = new TrafficSummary('lo');
  for (const { sequence, text = '', flags = ['ACK'] as const, sourcePort = 40_000 } of sent) {
    const frame = buildTcpFrame({
      source: '127.0.0.6',
      destination: '10.244.0.10',
      sourcePort,
      destinationPort: 8080,
      flags,
      sequence,
      payload: Buffer.from(text),
    });
    const segment = new TcpSegment();
    assert.ok(parseTcp(frame, 0, frame.length, segment));
    summary.add(segment);
  }
  return summary.traffic;
}

describe('a summary of traffic', () => {
  it('counts requests in the clear, and TLS records', () => {
    const { packets, plaintextRequests, tlsRecords } = summaryOf(
      { sequence: 1, text: 'GET / HTTP/1.1\r\nhost: a\r\n\r\n' },
      { sequence: 27, text: '\x16\x03\x01\x00\x05hello' },
      { sequence: 40 },
    );
    assert.deepEqual({ packets, plaintextRequests, tlsRecords }, { packets: 3, plaintextRequests: 1, tlsRecords: 1 });
  });

  const cases: readonly [string, number, readonly Sent[]][] = [
    [
      'nothing sent again',
      0,
      [
        { sequence: 1, text: 'one' },
        { sequence: 4, text: 'two' },
      ],
    ],
    [
      'a segment sent again',
      1,
      [
        { sequence: 1, text: 'one' },
        { sequence: 1, text: 'one' },
      ],
    ],
    [
      'a part of a segment sent again',
      1,
      [
        { sequence: 1, text: 'one' },
        { sequence: 2, text: 'ne two' },
      ],
    ],
    [
      'a late segment',
      1,
      [
        { sequence: 1, text: 'a' },
        { sequence: 9, text: 'c' },
        { sequence: 2, text: 'b' },
      ],
    ],
    ['acknowledgments only', 0, [{ sequence: 5, text: 'x' }, { sequence: 1 }, { sequence: 1 }]],
    [
      'sequence numbers that wrap around',
      0,
      [
        { sequence: 0xffffffff, text: 'ab' },
        { sequence: 1, text: 'c' },
      ],
    ],
    [
      'one sent again after the wrap',
      1,
      [
        { sequence: 0xffffffff, text: 'ab' },
        { sequence: 0xffffffff, text: 'ab' },
      ],
    ],
    [
      'two connections',
      0,
      [
        { sequence: 9, text: 'x' },
        { sequence: 1, text: 'y', sourcePort: 40_001 },
      ],
    ],
    [
      'a port that is used again',
      0,
      [
        { sequence: 900, text: 'x' },
        { sequence: 903, flags: ['FIN'] },
        { sequence: 1, flags: ['SYN'] },
        { sequence: 2, text: 'y' },
      ],
    ],
  ];
  for (const [what, expected, sent] of cases) {
    it(`finds ${expected} retransmissions in ${what}`, () => {
      assert.equal(summaryOf(...sent).retransmissions, expected);
    });
  }
});
