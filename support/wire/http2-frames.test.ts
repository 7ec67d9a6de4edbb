import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { looksLikeHttp2Frame } from './http2-frame-header.js';
import { HTTP2_PREFACE, Http2FrameParser } from './http2-frames.js';
import { octetByOctet } from './testing/decoding.js';
import { frame } from './testing/http2-building.js';

/** What the parser says of these bytes, pieces of content and of undecoded bytes joined. */
function events(pieces: Iterable<Uint8Array>, preface = false): string[] {
  const log: string[] = [];
  let open: string | undefined;
  const add = (what: string, data: Buffer) => {
    const text = data.toString('latin1');
    if (open === what) log[log.length - 1] += text;
    else log.push(`${what} ${text}`);
    open = what;
  };
  const say = (line: string) => {
    log.push(line);
    open = undefined;
  };
  const parser = new Http2FrameParser(
    {
      headers: (stream, block, endStream) =>
        say(`headers ${stream} ${block.toString('latin1')}${endStream ? ' end' : ''}`),
      data: (stream, content) => add(`data ${stream}`, content),
      endStream: (stream) => say(`end ${stream}`),
      resetStream: (stream, code) => say(`reset ${stream} ${code}`),
      malformed: (detail) => say(`malformed: ${detail}`),
      undecoded: (data) => add('undecoded', data),
    },
    { preface },
  );
  for (const piece of pieces) parser.push(piece);
  const pending = parser.pending();
  if (pending !== undefined) say(`pending ${pending.data.length}: ${pending.detail}`);
  return log;
}

const CASES: readonly (readonly [title: string, bytes: Buffer, log: string[]])[] = [
  ['HEADERS', frame('HEADERS', 0x5, 1, 'block'), ['headers 1 block end']],
  [
    'HEADERS with padding and priority',
    frame('HEADERS', 0x2c, 3, '\x02\x00\x00\x00\x00\x10blockpp'),
    ['headers 3 block'],
  ],
  [
    'a header block in CONTINUATION frames',
    Buffer.concat([frame('HEADERS', 0x1, 1, 'a'), frame('CONTINUATION', 0, 1, 'b'), frame('CONTINUATION', 4, 1, 'c')]),
    ['headers 1 abc end'],
  ],
  [
    'an empty header block',
    Buffer.concat([frame('HEADERS', 0, 1, ''), frame('CONTINUATION', 4, 1, '')]),
    ['headers 1 '],
  ],
  ['DATA', frame('DATA', 0x1, 1, 'content'), ['data 1 content', 'end 1']],
  ['DATA with padding', frame('DATA', 0x9, 1, '\x03contentppp'), ['data 1 content', 'end 1']],
  ['DATA that is padding only', frame('DATA', 0x9, 1, '\x02pp'), ['end 1']],
  ['empty DATA', frame('DATA', 0x1, 1, ''), ['end 1']],
  ['RST_STREAM', frame('RST_STREAM', 0, 5, '\0\0\0\x08'), ['reset 5 8']],
  [
    'what is of no interest',
    Buffer.concat([
      frame('SETTINGS', 0, 0, '\0\x03\0\0\0\x64'),
      frame('SETTINGS', 1, 0, ''),
      frame('PING', 1, 0, '12345678'),
      frame('WINDOW_UPDATE', 0, 0, '1234'),
      frame('PRIORITY', 0, 9, '12345'),
      frame('GOAWAY', 0, 0, '12345678bye'),
      frame(0xbe, 0xff, 4, 'anything'),
    ]),
    [],
  ],
  ['a frame cut in its header', Buffer.from([0, 0, 5]), ["pending 3: the connection ended within a frame's header"]],
  [
    'HEADERS cut short',
    frame('HEADERS', 4, 1, 'block').subarray(0, 11),
    ['pending 11: the connection ended within a frame: HEADERS'],
  ],
  [
    'an open header block',
    frame('HEADERS', 0, 1, 'ab'),
    ['pending 2: the connection ended before a CONTINUATION frame'],
  ],
  ['DATA cut short', frame('DATA', 0x1, 1, 'content').subarray(0, 12), ['data 1 con']],
];

const BROKEN: readonly (readonly [title: string, bytes: Buffer, detail: string])[] = [
  ['DATA on stream 0', frame('DATA', 0, 0, 'x'), 'DATA on stream 0'],
  ['HEADERS on an even stream', frame('HEADERS', 4, 2, 'x'), 'HEADERS on stream 2'],
  ['SETTINGS of 5 bytes', frame('SETTINGS', 0, 0, '12345'), 'SETTINGS of 5 bytes'],
  ['SETTINGS ack with content', frame('SETTINGS', 1, 0, '123456'), 'SETTINGS of 6 bytes'],
  ['PING of 7 bytes', frame('PING', 0, 0, '1234567'), 'PING of 7 bytes'],
  ['RST_STREAM of 5 bytes', frame('RST_STREAM', 0, 1, '12345'), 'RST_STREAM of 5 bytes'],
  ['PUSH_PROMISE', frame('PUSH_PROMISE', 4, 1, '12345'), 'PUSH_PROMISE from a client'],
  ['a lone CONTINUATION', frame('CONTINUATION', 4, 1, 'x'), 'a CONTINUATION frame without HEADERS'],
  ['DATA with too much padding', frame('DATA', 8, 1, '\x05abcd'), 'a DATA frame with more padding than content'],
  [
    'HEADERS with too much padding',
    frame('HEADERS', 12, 1, '\x05abcd'),
    'a HEADERS frame with more padding than content',
  ],
  ['HEADERS with half a priority', frame('HEADERS', 0x24, 1, 'abcd'), 'a HEADERS frame with more padding than content'],
];

describe('Http2FrameParser', () => {
  for (const [title, bytes, log] of CASES) {
    it(`understands ${title}`, () => {
      assert.deepEqual(events([bytes]), log);
      assert.deepEqual(events(octetByOctet(bytes)), log, 'octet by octet');
    });
  }

  for (const [title, bytes, detail] of BROKEN) {
    it(`refuses ${title}, and hands every byte of it out`, () => {
      const all = Buffer.concat([bytes, Buffer.from('rest')]);
      const log = [`malformed: ${detail}`, `undecoded ${all.toString('latin1')}`];
      assert.deepEqual(events([all]), log);
      assert.deepEqual(events(octetByOctet(all)), log, 'octet by octet');
    });
  }

  it('refuses another frame within a header block, and hands the block out too', () => {
    const intruder = frame('DATA', 0, 1, 'x');
    assert.deepEqual(events([frame('HEADERS', 0, 1, 'abc'), intruder]), [
      'malformed: DATA within the header block of stream 1',
      `undecoded abc${intruder.toString('latin1')}`,
    ]);
  });

  it('bounds a header block', () => {
    const big = Buffer.alloc(600_000, 'x').toString();
    assert.match(events([frame('HEADERS', 0, 1, big), frame('CONTINUATION', 0, 1, big)])[0] ?? '', /more than 1048576/);
  });

  it('wants the whole preface', () => {
    assert.deepEqual(events([HTTP2_PREFACE, frame('DATA', 1, 1, '')], true), ['end 1']);
    assert.deepEqual(events(octetByOctet(Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\nrest')), true), [
      'malformed: no HTTP/2 connection preface',
      'undecoded PRI * HTTP/2.0\r\n\r\nXX\r\n\r\nrest',
    ]);
  });
});

describe('looksLikeHttp2Frame', () => {
  it('knows frames that clients send', () => {
    for (const bytes of [
      frame('DATA', 1, 5, 'x'),
      frame('HEADERS', 0x25, 7, 'x'.repeat(30)),
      frame('PING', 0, 0, '12345678'),
    ]) {
      assert.ok(looksLikeHttp2Frame(bytes));
    }
  });

  it('is not taken in by other protocols', () => {
    for (const bytes of [
      Buffer.from('0000002b0003000075736572', 'hex'), // PostgreSQL, start-up
      Buffer.from('0000000804d2162f0000', 'hex'), // PostgreSQL, SSL request
      Buffer.from('00000021001200030000', 'hex'), // Kafka
      Buffer.alloc(20),
      frame('DATA', 0x40, 1, 'x'),
      frame('SETTINGS', 0, 1, ''),
    ]) {
      assert.ok(!looksLikeHttp2Frame(bytes));
    }
  });
});
