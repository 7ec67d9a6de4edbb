import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeGrpcFrame } from './grpc-framing.js';
import { HTTP2_PREFACE } from './http2-frames.js';
import { cutAt, decodePieces, octetByOctet } from './testing/decoding.js';
import { frame, headerBlock, requestBlock } from './testing/http2-building.js';

const grpcMessage = (text: string) => encodeGrpcFrame(Buffer.from(text));

const HTTP1 = Buffer.from(
  [
    'POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody',
    'POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nx-sum: 1\r\n\r\n',
    `POST /c HTTP/1.1\r\ncontent-type: application/grpc-web-text\r\ncontent-length: 20\r\n\r\n${grpcMessage('hi').toString('base64')}${grpcMessage('').toString('base64')}`,
    'GET /d HTTP/1.1\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n\x81\x01\x02',
  ].join(''),
  'latin1',
);

const HTTP2 = Buffer.concat([
  HTTP2_PREFACE,
  frame('SETTINGS', 0, 0, '\0\x03\0\0\0\x64'),
  frame('HEADERS', 0x4, 1, requestBlock('/a', [['content-type', 'application/grpc']])),
  frame('HEADERS', 0x1, 3, requestBlock('/b').subarray(0, 10)),
  frame('CONTINUATION', 0x4, 3, requestBlock('/b').subarray(10)),
  frame(
    'DATA',
    0x8,
    1,
    Buffer.concat([Buffer.from([2]), grpcMessage('hello'), grpcMessage('you').subarray(0, 6), Buffer.alloc(2)]),
  ),
  frame('PING', 0, 0, '12345678'),
  frame('DATA', 0, 1, grpcMessage('you').subarray(6)),
  frame('HEADERS', 0x5, 1, headerBlock([['x-end', '1']])),
  // Fills and uses the dynamic table.
  frame(
    'HEADERS',
    0x5,
    5,
    Buffer.concat([Buffer.from('828640047061746801', 'hex'), Buffer.from('x'), Buffer.from([0xbe])]),
  ),
  frame('RST_STREAM', 0, 5, '\0\0\0\x08'),
  frame('GOAWAY', 0, 0, '12345678'),
]);

const STREAMS = [HTTP1, HTTP2];

const places = fc.array(fc.nat(), { maxLength: 20 });
const mutation = fc.record({
  at: fc.nat(),
  remove: fc.integer({ min: 0, max: 12 }),
  insert: fc.uint8Array({ maxLength: 12 }),
});

/** A sound stream with holes, repetitions and foreign bytes in it. */
const mutated = fc
  .tuple(fc.constantFrom(...STREAMS), fc.array(mutation, { minLength: 1, maxLength: 4 }))
  .map(([stream, mutations]) => {
    let bytes = stream;
    for (const { at, remove, insert } of mutations) {
      const from = at % (bytes.length + 1);
      bytes = Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
    }
    return bytes;
  });

/** Sound frames with arbitrary contents, in any order. */
const frames = fc
  .array(
    fc.tuple(
      fc.integer({ min: 0, max: 10 }),
      fc.integer({ min: 0, max: 0x2d }),
      fc.integer({ min: 0, max: 5 }),
      fc.uint8Array({ maxLength: 30 }),
    ),
    { maxLength: 12 },
  )
  .map((list) => Buffer.concat([HTTP2_PREFACE, ...list.map((parts) => frame(...parts))]));

describe('hostile bytes', () => {
  it('never throw, and give the same records however they are cut', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc
        .string({ unit: 'binary-ascii', maxLength: 300 })
        .map((text) => Buffer.from(`POST / HTTP/1.1\r\n${text}`, 'latin1')),
      mutated,
      frames,
    );
    fc.assert(
      fc.property(anything, places, (bytes, cuts) => {
        const whole = decodePieces([bytes]);
        assert.equal(whole.at(-1)?.kind, 'connection-closed');
        assert.deepEqual(decodePieces(cutAt(bytes, cuts)), whole);
      }),
      { numRuns: 1000 },
    );
  });

  it('cut off anywhere, give the beginning of what the whole gives', () => {
    for (const stream of STREAMS) {
      const whole = decodePieces([stream], { end: undefined });
      for (let length = 0; length <= stream.length; length++) {
        const part = stream.subarray(0, length);
        const records = decodePieces([part], { end: undefined });
        assert.deepEqual(records, whole.slice(0, records.length));
        assert.equal(decodePieces([part], { end: ['rst'] }).at(-1)?.kind, 'connection-closed');
      }
    }
  });

  it('leave no byte of a broken connection out of the journal', () => {
    // A byte that breaks the frames of an HTTP/2 connection: everything from that frame on is in the raw record.
    const tail = Buffer.alloc(5000, 'x');
    const broken = Buffer.concat([HTTP2, frame('PING', 0, 0, 'short'), tail]);
    const raw = decodePieces([broken]).find((record) => record.kind === 'raw');
    assert.equal(raw?.kind === 'raw' && raw.body.length, 9 + 5 + tail.length);
  });

  it('cost time in proportion to their length, also octet by octet', () => {
    const streams = {
      'a request line without end': Buffer.alloc(1 << 18, 'A'),
      'a head without end': Buffer.from(`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(1 << 15)}`),
      'a chunk line without end': Buffer.from(
        `POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;${'x'.repeat(1 << 18)}`,
      ),
      'empty lines': Buffer.alloc(1 << 18, '\r\n'),
      'TLS records of one octet': Buffer.concat(
        Array.from({ length: 1 << 15 }, () => Buffer.from('160301000101', 'hex')),
      ),
      'empty CONTINUATION frames': Buffer.concat([
        HTTP2_PREFACE,
        frame('HEADERS', 0, 1, ''),
        ...Array.from({ length: 1 << 14 }, () => frame('CONTINUATION', 0, 1, '')),
      ]),
      'a header block without end': Buffer.concat([
        HTTP2_PREFACE,
        frame('HEADERS', 0, 1, ''),
        ...Array.from({ length: 1 << 4 }, () => frame('CONTINUATION', 0, 1, 'x'.repeat(1 << 14))),
      ]),
    };
    for (const [title, bytes] of Object.entries(streams)) {
      const begun = process.cpuUsage();
      decodePieces(octetByOctet(bytes));
      const seconds = process.cpuUsage(begun).user / 1e6;
      // Some 0.05 s when linear; many seconds when every octet costs a look at all before it.
      assert.ok(seconds < 2, `${title}: ${seconds} s`);
    }
  });
});
