import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeGrpcFrame, encodeGrpcWebTrailers } from './grpc-framing.js';
import { HTTP2_PREFACE } from './http2-frames.js';
import { decodePieces, octetByOctet, summaryOf } from './testing/decoding.js';
import { frame, requestBlock } from './testing/http2-building.js';

const crlf = (...lines: string[]) => lines.map((line) => `${line}\r\n`).join('');
const WEB = 'content-type: application/grpc-web+proto';
const TEXT = 'content-type: application/grpc-web-text';
const framed = (text: string, flags = {}) => encodeGrpcFrame(Buffer.from(text), flags);
const trailerFrame = encodeGrpcFrame(encodeGrpcWebTrailers([['X-End', 'now']]), { trailers: true });
const base64 = (data: Uint8Array) => Buffer.from(data).toString('base64');

const CASES: readonly (readonly [title: string, bytes: string | Buffer, records: string[]])[] = [
  ['a request without body', crlf('GET /a?b HTTP/1.1', 'Host: x', ''), ['1 HTTP/1.1 GET /a?b', '1 end']],
  ['a call id', crlf('GET / HTTP/1.1', 'X-Mirrorspec-Call: c-1', ''), ['1 HTTP/1.1 GET / call=c-1', '1 end']],
  [
    'a body of a given length',
    `${crlf('POST / HTTP/1.1', 'Content-Length: 5', '')}hello`,
    ['1 HTTP/1.1 POST /', '1 message 0 "hello"', '1 end'],
  ],
  ['a body of length 0', crlf('POST / HTTP/1.1', 'Content-Length: 0', ''), ['1 HTTP/1.1 POST /', '1 end']],
  [
    'pipelined requests with empty lines between',
    `${crlf('POST /1 HTTP/1.1', 'content-length: 3', '')}abc\r\n${crlf('GET /2 HTTP/1.1', '', '', 'GET /3 HTTP/1.0', '')}`,
    ['1 HTTP/1.1 POST /1', '1 message 0 "abc"', '1 end', '2 HTTP/1.1 GET /2', '2 end', '3 HTTP/1.1 GET /3', '3 end'],
  ],
  [
    'chunks, an extension and trailers',
    `${crlf('POST / HTTP/1.1', 'Transfer-Encoding: chunked', '')}5;a="b"\r\nhello\r\n6\r\n world\r\n0\r\n${crlf('X-Sum: 1', '')}`,
    ['1 HTTP/1.1 POST /', '1 message 0 "hello world"', '1 trailers x-sum=1', '1 end'],
  ],
  [
    'chunks without any content',
    `${crlf('POST / HTTP/1.1', 'Transfer-Encoding: chunked', '')}0\r\n\r\n`,
    ['1 HTTP/1.1 POST /', '1 end'],
  ],
  ['lone line feeds', 'POST / HTTP/1.1\nContent-Length: 1\n\nx', ['1 HTTP/1.1 POST /', '1 message 0 "x"', '1 end']],
  [
    'a body that is cut short',
    `${crlf('POST / HTTP/1.1', 'content-length: 9', '')}half`,
    ['1 HTTP/1.1 POST /', '1 partial 0 "half" of 9', '1 reset closed'],
  ],
  [
    'a body that never came',
    crlf('POST / HTTP/1.1', 'content-length: 9', 'expect: 100-continue', ''),
    ['1 HTTP/1.1 POST /', '1 partial 0 "" of 9', '1 reset closed'],
  ],
  [
    'chunks that are cut short',
    `${crlf('POST / HTTP/1.1', 'transfer-encoding: chunked', '')}5\r\nhel`,
    ['1 HTTP/1.1 POST /', '1 partial 0 "hel" of ?', '1 reset closed'],
  ],
  ['a head that is cut short', 'GET / HTTP/1.1\r\nHost', ['raw malformed "GET / HTTP/1.1\\r\\nHost"']],
  [
    'trailers that are cut short',
    `${crlf('POST / HTTP/1.1', 'transfer-encoding: chunked', '')}1\r\nx\r\n0\r\na: b`,
    ['1 HTTP/1.1 POST /', '1 partial 0 "x" of ?', '1 reset closed', 'raw malformed "a: b"'],
  ],
  [
    'garbage after a request',
    `${crlf('GET / HTTP/1.1', '')}garb age\n\nmore`,
    ['1 HTTP/1.1 GET /', '1 end', 'raw malformed "garb age\\n\\nmore"'],
  ],
  [
    'a chunk size that is none',
    `${crlf('POST / HTTP/1.1', 'transfer-encoding: chunked', '')}1\r\nx\r\nzz\r\nmore`,
    ['1 HTTP/1.1 POST /', '1 partial 0 "x" of ?', '1 reset malformed', 'raw malformed "zz\\r\\nmore"'],
  ],
  [
    'a chunk that is longer than it says',
    `${crlf('POST / HTTP/1.1', 'transfer-encoding: chunked', '')}1\r\nxyz\r\nmore`,
    ['1 HTTP/1.1 POST /', '1 partial 0 "x" of ?', '1 reset malformed', 'raw malformed "yz\\r\\nmore"'],
  ],
  [
    'two lengths',
    `${crlf('POST / HTTP/1.1', 'content-length: 1', 'content-length: 2', '')}`,
    ['raw malformed 57 bytes'],
  ],
  [
    'length and chunks',
    `${crlf('POST / HTTP/1.1', 'content-length: 1', 'transfer-encoding: chunked', '')}`,
    ['raw malformed 66 bytes'],
  ],
  [
    'a folded header',
    `${crlf('GET / HTTP/1.1', 'a: b', ' c', '')}`,
    ['raw malformed "GET / HTTP/1.1\\r\\na: b\\r\\n c\\r\\n\\r\\n"'],
  ],
  [
    'a space before the colon',
    `${crlf('GET / HTTP/1.1', 'a : b', '')}`,
    ['raw malformed "GET / HTTP/1.1\\r\\na : b\\r\\n\\r\\n"'],
  ],
  [
    'an upgrade to another protocol',
    Buffer.concat([
      Buffer.from(crlf('GET /chat HTTP/1.1', 'Connection: keep-alive, Upgrade', 'Upgrade: chat/2', '')),
      Buffer.from('818001020304', 'hex'),
    ]),
    ['1 HTTP/1.1 GET /chat', '1 end', 'raw upgraded "\x81\x80\\u0001\\u0002\\u0003\\u0004"'],
  ],
  [
    'an upgrade that was declined',
    crlf('GET /1 HTTP/1.1', 'Connection: upgrade', 'Upgrade: h2c', '', 'GET /2 HTTP/1.1', ''),
    ['1 HTTP/1.1 GET /1', '1 end', '2 HTTP/1.1 GET /2', '2 end'],
  ],
  [
    'an upgrade to HTTP/2, whose first stream is the request',
    Buffer.concat([
      Buffer.from(`${crlf('POST /1 HTTP/1.1', 'Connection: upgrade', 'Upgrade: h2c', 'content-length: 2', '')}ab`),
      HTTP2_PREFACE,
      frame('SETTINGS', 0, 0, ''),
      frame('HEADERS', 5, 3, requestBlock('/2')),
    ]),
    ['1 HTTP/1.1 POST /1', '1 message 0 "ab"', '1 end', '2 HTTP/2 POST /2', '2 end'],
  ],
  [
    'a tunnel, whatever it carries',
    `${crlf('CONNECT a:1 HTTP/1.1', 'content-length: 5', '')}GET / HTTP/1.1\r\n\r\n`,
    ['1 HTTP/1.1 CONNECT a:1', '1 end', 'raw upgraded "GET / HTTP/1.1\\r\\n\\r\\n"'],
  ],
  [
    'gRPC-Web',
    Buffer.concat([
      Buffer.from(crlf('POST /s/M HTTP/1.1', WEB, `content-length: ${10 + trailerFrame.length}`, '')),
      framed('hello'),
      trailerFrame,
    ]),
    ['1 gRPC-over-HTTP/1.1 POST /s/M', '1 message 0 "hello"', '1 trailers x-end=now', '1 end'],
  ],
  [
    'gRPC-Web in chunks, with a compressed and an empty message',
    Buffer.concat([
      Buffer.from(`${crlf('POST /s/M HTTP/1.1', WEB, 'transfer-encoding: chunked', '')}7\r\n`),
      framed('zipped', { compressed: true }).subarray(0, 7),
      Buffer.from('\r\n9\r\n'),
      framed('zipped', { compressed: true }).subarray(7),
      framed(''),
      Buffer.from('\r\n0\r\n\r\n'),
    ]),
    ['1 gRPC-over-HTTP/1.1 POST /s/M', '1 message 0 "zipped" compressed', '1 message 1 ""', '1 end'],
  ],
  [
    'gRPC-Web as text, in segments',
    `${crlf('POST /s/M HTTP/1.1', TEXT, 'content-length: 28', '')}${base64(framed('ab').subarray(0, 4))}${base64(framed('ab').subarray(4))}${base64(framed('hello!'))}`,
    ['1 gRPC-over-HTTP/1.1 POST /s/M', '1 message 0 "ab"', '1 message 1 "hello!"', '1 end'],
  ],
  [
    'gRPC-Web that ends within a message',
    Buffer.concat([
      Buffer.from(crlf('POST /s/M HTTP/1.1', WEB, 'content-length: 7', '')),
      framed('hello').subarray(0, 7),
    ]),
    ['1 gRPC-over-HTTP/1.1 POST /s/M', '1 partial 0 "he" of 5', '1 end'],
  ],
  [
    'gRPC-Web that is no gRPC-Web, and the next request',
    `${crlf('POST /s/M HTTP/1.1', WEB, 'content-length: 8', '')}nonsense${crlf('GET / HTTP/1.1', '')}`,
    ['1 gRPC-over-HTTP/1.1 POST /s/M', '1 reset malformed', '2 HTTP/1.1 GET /', '2 end', 'raw malformed "nonsense"'],
  ],
  [
    'gRPC-Web text that is not base64',
    `${crlf('POST /s/M HTTP/1.1', TEXT, 'content-length: 13', '')}AAAAAAVo?rest${crlf('GET / HTTP/1.1', '')}`,
    [
      '1 gRPC-over-HTTP/1.1 POST /s/M',
      '1 partial 0 "h" of 5',
      '1 reset malformed',
      '2 HTTP/1.1 GET /',
      '2 end',
      'raw malformed "?rest"',
    ],
  ],
  [
    'native gRPC, which HTTP/1.1 cannot carry',
    `${crlf('POST / HTTP/1.1', 'content-type: application/grpc', 'content-length: 1', '')}x`,
    ['1 HTTP/1.1 POST /', '1 message 0 "x"', '1 end'],
  ],
];

describe('an HTTP/1.1 connection', () => {
  for (const [title, text, records] of CASES) {
    it(`journals ${title}`, () => {
      const bytes = Buffer.from(text as string, 'latin1');
      const whole = decodePieces([bytes]);
      assert.deepEqual(summaryOf(whole), [...records, 'closed fin']);
      assert.deepEqual(decodePieces(octetByOctet(bytes)), whole, 'octet by octet');
    });
  }

  it('keeps headers in order, in lower case, with their octets', () => {
    const bytes = Buffer.from(
      crlf('GET / HTTP/1.1', 'Host: a:8080', 'B: 1', 'A:  two words\t', 'b:', 'C: \u00a0caf\u00e9', ''),
      'latin1',
    );
    assert.deepEqual(decodePieces([bytes])[0], {
      at: 0,
      connection: 7,
      kind: 'request',
      exchange: 1,
      protocol: 'HTTP/1.1',
      method: 'GET',
      path: '/',
      authority: 'a:8080',
      headers: [
        ['host', 'a:8080'],
        ['b', '1'],
        ['a', 'two words'],
        ['b', ''],
        ['c', '\u00a0caf\u00e9'],
      ],
    });
  });

  it('says how a connection ended, and what that did to its request', () => {
    const bytes = Buffer.from(`${crlf('POST / HTTP/1.1', 'content-length: 9', '')}half`);
    assert.deepEqual(decodePieces([bytes], { end: ['rst'] }).slice(-2), [
      {
        at: 0,
        connection: 7,
        kind: 'reset',
        exchange: 1,
        code: 'ECONNRESET',
        detail: 'the connection was reset before the request was complete',
      },
      { at: 0, connection: 7, kind: 'connection-closed', how: 'rst' },
    ]);
    assert.deepEqual(decodePieces([bytes], { end: ['lost', 'the agent lagged'] }).slice(-2), [
      { at: 0, connection: 7, kind: 'reset', exchange: 1, code: 'lost', detail: 'the agent lagged' },
      { at: 0, connection: 7, kind: 'connection-closed', how: 'lost', detail: 'the agent lagged' },
    ]);
  });

  it('journals a message as soon as it is complete, without waiting for the end of the connection', () => {
    const bytes = Buffer.from(`${crlf('POST / HTTP/1.1', 'content-length: 2', '')}ab`);
    assert.deepEqual(summaryOf(decodePieces([bytes], { end: undefined })), [
      '1 HTTP/1.1 POST /',
      '1 message 0 "ab"',
      '1 end',
    ]);
  });

  it('takes large heads, and bounds them', () => {
    const head = (size: number) => Buffer.from(`GET / HTTP/1.1\r\na: ${'x'.repeat(size)}\r\n\r\n`);
    assert.deepEqual(summaryOf(decodePieces([head(200_000)])), ['1 HTTP/1.1 GET /', '1 end', 'closed fin']);
    assert.deepEqual(decodePieces(octetByOctet(head(200_000))), decodePieces([head(200_000)]));
    assert.deepEqual(summaryOf(decodePieces([head(300_000)])), ['raw malformed 300023 bytes', 'closed fin']);
    assert.deepEqual(decodePieces(octetByOctet(head(300_000))), decodePieces([head(300_000)]));
  });
});
