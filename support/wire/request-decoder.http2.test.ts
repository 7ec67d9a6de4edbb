import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeGrpcFrame } from './grpc-framing.js';
import { HTTP2_PREFACE } from './http2-frames.js';
import { decodePieces, octetByOctet, summaryOf } from './testing/decoding.js';
import { frame, headerBlock, requestBlock } from './testing/http2-building.js';

const END = 0x5;
const OPEN = 0x4;
const GRPC = [['content-type', 'application/grpc+proto']] as const;
const message = (text: string, flags = {}) => encodeGrpcFrame(Buffer.from(text), flags);
const connection = (...frames: Buffer[]) => Buffer.concat([HTTP2_PREFACE, frame('SETTINGS', 0, 0, ''), ...frames]);

const CASES: readonly (readonly [title: string, bytes: Buffer, records: string[]])[] = [
  [
    'a request with a call id',
    connection(frame('HEADERS', END, 1, requestBlock('/a', [['x-mirrorspec-call', 'c-9']]))),
    ['1 HTTP/2 POST /a call=c-9', '1 end'],
  ],
  [
    'multiplexed bodies',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/1')),
      frame('HEADERS', OPEN, 3, requestBlock('/3')),
      frame('DATA', 0, 3, 'th'),
      frame('DATA', 0, 1, 'one'),
      frame('DATA', 1, 3, 'ree'),
      frame('DATA', 1, 1, ''),
    ),
    ['1 HTTP/2 POST /1', '2 HTTP/2 POST /3', '2 message 0 "three"', '2 end', '1 message 0 "one"', '1 end'],
  ],
  [
    'trailers',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/')),
      frame('DATA', 0, 1, 'body'),
      frame('HEADERS', END, 1, headerBlock([['x-sum', '4']])),
    ),
    ['1 HTTP/2 POST /', '1 message 0 "body"', '1 trailers x-sum=4', '1 end'],
  ],
  [
    'a cancelled request',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/', [['content-length', '10']])),
      frame('DATA', 0, 1, 'part'),
      frame('RST_STREAM', 0, 1, '\0\0\0\x08'),
    ),
    ['1 HTTP/2 POST /', '1 partial 0 "part" of 10', '1 reset CANCEL'],
  ],
  [
    'a cancelled answer',
    connection(frame('HEADERS', END, 1, requestBlock('/')), frame('RST_STREAM', 0, 1, '\0\0\0\x08')),
    ['1 HTTP/2 POST /', '1 end', '1 reset CANCEL'],
  ],
  [
    'gRPC messages across frames',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/s/M', GRPC)),
      frame('DATA', 0, 1, Buffer.concat([message('one'), message('two', { compressed: true }).subarray(0, 3)])),
      frame('DATA', 0, 1, message('two', { compressed: true }).subarray(3)),
      frame('DATA', 1, 1, message('')),
    ),
    ['1 gRPC-over-HTTP/2 POST /s/M', '1 message 0 "one"', '1 message 1 "two" compressed', '1 message 2 ""', '1 end'],
  ],
  [
    'gRPC-Web, which stays HTTP/2',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/s/M', [['content-type', 'application/grpc-web-text+proto; charset=x']])),
      frame('DATA', 1, 1, message('hello').toString('base64')),
    ),
    ['1 HTTP/2 POST /s/M', '1 message 0 "hello"', '1 end'],
  ],
  [
    'a gRPC stream that the connection leaves behind',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/s/M', GRPC)),
      frame('DATA', 0, 1, message('hello').subarray(0, 8)),
    ),
    ['1 gRPC-over-HTTP/2 POST /s/M', '1 partial 0 "hel" of 5', '1 reset closed'],
  ],
  [
    'damaged gRPC beside sound requests',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/s/M', GRPC)),
      frame('DATA', 0, 1, 'nonsense'),
      frame('DATA', 1, 1, '!'),
      frame('HEADERS', END, 3, requestBlock('/3')),
    ),
    ['1 gRPC-over-HTTP/2 POST /s/M', '1 reset malformed', '2 HTTP/2 POST /3', '2 end', 'raw malformed "nonsense!"'],
  ],
  [
    'what is sent twice on a stream that is over',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/')),
      frame('DATA', 1, 1, 'body'),
      frame('DATA', 1, 1, 'body'),
      frame('HEADERS', END, 3, requestBlock('/3')),
    ),
    ['1 HTTP/2 POST /', '1 message 0 "body"', '1 end', '2 HTTP/2 POST /3', '2 end', 'raw malformed "body"'],
  ],
  [
    'a stream that is used twice',
    connection(
      frame('HEADERS', END, 3, requestBlock('/3')),
      frame('HEADERS', END, 3, headerBlock([['a', 'b']])),
      frame('HEADERS', END, 1, headerBlock([['c', 'd']])),
      frame('HEADERS', END, 5, requestBlock('/5')),
    ),
    [
      '1 HTTP/2 POST /3',
      '1 end',
      '2 HTTP/2 POST /5',
      '2 end',
      'raw malformed "\\u0000\\u0001a\\u0001b\\u0000\\u0001c\\u0001d"',
    ],
  ],
  [
    'header compression whose past is missing',
    connection(
      frame('HEADERS', OPEN, 1, requestBlock('/')),
      frame('DATA', 0, 1, 'bo'),
      frame('HEADERS', END, 3, Buffer.from([0x82, 0xc0])),
      Buffer.from('rest'),
    ),
    [
      '1 HTTP/2 POST /',
      '1 partial 0 "bo" of ?',
      '1 reset hpack-state-missing',
      'raw hpack-state-missing "\x82\xc0rest"',
    ],
  ],
  [
    'a broken header block',
    connection(frame('HEADERS', END, 1, Buffer.from([0x80])), frame('HEADERS', END, 3, requestBlock('/'))),
    ['raw malformed 67 bytes'],
  ],
  [
    'frames that make no sense any more',
    connection(frame('HEADERS', END, 1, requestBlock('/')), frame('PING', 0, 0, 'short')),
    [
      '1 HTTP/2 POST /',
      '1 end',
      `raw malformed "\\u0000\\u0000\\u0005\\u0006\\u0000\\u0000\\u0000\\u0000\\u0000short"`,
    ],
  ],
  [
    'a frame that is cut short',
    connection(frame('HEADERS', END, 1, 'x').subarray(0, 9)),
    [`raw malformed "\\u0000\\u0000\\u0001\\u0001\\u0005\\u0000\\u0000\\u0000\\u0001"`],
  ],
  ['half a preface', HTTP2_PREFACE.subarray(0, 16), ['raw malformed "PRI * HTTP/2.0\\r\\n"']],
];

describe('an HTTP/2 connection', () => {
  for (const [title, bytes, records] of CASES) {
    it(`journals ${title}`, () => {
      const whole = decodePieces([bytes]);
      assert.deepEqual(summaryOf(whole), [...records, 'closed fin']);
      assert.deepEqual(decodePieces(octetByOctet(bytes)), whole, 'octet by octet');
    });
  }

  it('takes pseudo header fields out of the headers', () => {
    const [request] = decodePieces([
      connection(
        frame(
          'HEADERS',
          END,
          1,
          requestBlock('/p?q', [
            ['x-a', '1'],
            ['x-a', '2'],
          ]),
        ),
      ),
    ]);
    assert.deepEqual(request, {
      at: 0,
      connection: 7,
      kind: 'request',
      exchange: 1,
      protocol: 'HTTP/2',
      method: 'POST',
      path: '/p?q',
      authority: 'echo:80',
      headers: [
        ['x-a', '1'],
        ['x-a', '2'],
      ],
    });
  });

  it('refuses gRPC messages beyond its bound, before they arrive', () => {
    const announced = Buffer.from('00ffffffff', 'hex');
    const bytes = connection(frame('HEADERS', OPEN, 1, requestBlock('/s/M', GRPC)), frame('DATA', 0, 1, announced));
    const records = decodePieces([bytes], { end: undefined });
    assert.deepEqual(summaryOf(records), ['1 gRPC-over-HTTP/2 POST /s/M', '1 reset malformed']);
    const bounded = connection(
      frame('HEADERS', OPEN, 1, requestBlock('/s/M', GRPC)),
      frame('DATA', 1, 1, message('hello')),
    );
    assert.equal(summaryOf(decodePieces([bounded], { largestGrpcMessage: 4 }))[1], '1 reset malformed');
    assert.equal(summaryOf(decodePieces([bounded], { largestGrpcMessage: 5 }))[1], '1 message 0 "hello"');
  });

  it('gives up the oldest of far too many unfinished requests', () => {
    const block = requestBlock('/');
    const streams = Array.from({ length: 16_385 }, (_, i) => frame('HEADERS', OPEN, 2 * i + 1, block));
    const records = decodePieces([connection(...streams)], { end: undefined });
    assert.deepEqual(summaryOf(records).slice(-1), ['1 reset lost']);
  });
});
