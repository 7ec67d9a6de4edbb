import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalRecord, RawRecord } from '../model/journal.js';
import { RequestDecoder } from './request-decoder.js';
import { decodePieces, octetByOctet, summaryOf } from './testing/decoding.js';
import { frame } from './testing/http2-building.js';

function rawOf(records: readonly JournalRecord[]): RawRecord {
  const raw = records.find((record) => record.kind === 'raw');
  assert.ok(raw?.kind === 'raw');
  return raw;
}

const PING = frame('PING', 0, 0, '12345678');
const CASES: readonly (readonly [title: string, bytes: Buffer, records: string[]])[] = [
  ['nothing', Buffer.alloc(0), []],
  ['another protocol', Buffer.from('\x00\x01binary', 'latin1'), ['raw no-http "\\u0000\\u0001binary"']],
  ['text that is no HTTP', Buffer.from('EHLO example.org\r\n'), ['raw no-http "EHLO example.org\\r\\n"']],
  ['too little to tell', Buffer.from('GET /'), ['raw no-http "GET /"']],
  [
    'too little to tell frames',
    PING.subarray(0, 8),
    ['raw no-http "\\u0000\\u0000\\b\\u0006\\u0000\\u0000\\u0000\\u0000"'],
  ],
  [
    'HTTP/2 in its midst',
    Buffer.concat([PING, frame('HEADERS', 5, 41, 'x')]),
    [
      'raw missing-preface "\\u0000\\u0000\\b\\u0006\\u0000\\u0000\\u0000\\u0000\\u000012345678\\u0000\\u0000\\u0001\\u0001\\u0005\\u0000\\u0000\\u0000)x"',
    ],
  ],
  ['what looked like HTTP/2 by chance', Buffer.concat([PING, Buffer.alloc(40, 0xff)]), ['raw no-http 57 bytes']],
  [
    'TLS after its ClientHello',
    Buffer.from('1703030004aabbccdd1703030001aa', 'hex'),
    ['raw tls "\\u0017\\u0003\\u0003\\u0000\\u0004\xaa\xbb\xcc\xdd"'],
  ],
];
describe('a connection without HTTP', () => {
  for (const [title, bytes, records] of CASES) {
    it(`keeps ${title}`, () => {
      const whole = decodePieces([bytes]);
      assert.deepEqual(summaryOf(whole), [...records, 'closed fin']);
      assert.deepEqual(decodePieces(octetByOctet(bytes)), whole, 'octet by octet');
    });
  }

  it('names the frames of HTTP/2 in its midst', () => {
    const bytes = Buffer.concat([frame('HEADERS', 5, 41, 'x'), PING, PING, frame('DATA', 1, 41, 'y')]);
    assert.equal(
      rawOf(decodePieces([bytes])).detail,
      'HTTP/2 frames without a connection preface: 1 × HEADERS, 2 × PING, 1 × DATA',
    );
  });

  it('writes raw bytes on demand, and goes on', () => {
    const records: JournalRecord[] = [];
    const decoder = new RequestDecoder({
      connection: 1,
      nextExchange: () => 1,
      journal: (record) => records.push(record),
    });
    decoder.push(Buffer.from('\x01one'));
    decoder.flush();
    decoder.flush();
    decoder.push(Buffer.from('two'));
    decoder.end('fin');
    decoder.end('rst');
    decoder.push(Buffer.from('late'));
    assert.deepEqual(summaryOf(records), ['raw no-http "\\u0001one"', 'raw no-http "two"', 'closed fin']);
  });
});
