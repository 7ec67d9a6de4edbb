import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { bytesOf } from '../model/bytes.js';
import { decodeGrpcWebTrailers, encodeGrpcFrame, encodeGrpcWebTrailers, GrpcFrameParser } from './grpc-framing.js';
import { type BodyHandler, GrpcBody } from './message-bodies.js';
import { cutAt } from './testing/decoding.js';

const none: BodyHandler = {
  message: () => {},
  trailers: () => {},
  malformed: (detail) => assert.fail(detail),
  undecoded: () => {},
};

describe('GrpcBody', () => {
  it('finds the same messages as GrpcFrameParser, which keeps them whole', () => {
    const frames = fc.array(
      fc.oneof(
        fc.record({ data: fc.uint8Array({ maxLength: 100 }), compressed: fc.boolean(), trailers: fc.constant(false) }),
        fc.constant({ data: encodeGrpcWebTrailers([['a', 'b']]), compressed: false, trailers: true }),
      ),
    );
    const places = fc.array(fc.nat());
    fc.assert(
      fc.property(frames, places, fc.nat({ max: 4 }), (frames, places, missing) => {
        const all = Buffer.concat(frames.map(({ data, ...flags }) => encodeGrpcFrame(data, flags)));
        const bytes = all.subarray(0, Math.max(0, all.length - missing));
        const found: unknown[] = [];
        const body = new GrpcBody(
          {
            ...none,
            message: (message, compressed) => found.push({ message, compressed }),
            trailers: (headers) => found.push({ headers }),
          },
          { web: true, largestMessage: 1000 },
        );
        for (const piece of cutAt(bytes, places)) body.push(piece);
        const parser = new GrpcFrameParser();
        const expected = parser
          .push(bytes)
          .map(({ data, compressed, trailers }) =>
            trailers ? { headers: decodeGrpcWebTrailers(data) } : { message: bytesOf(data), compressed },
          );
        assert.deepEqual(found, expected);
        const partial = body.takePartial();
        const rest = parser.rest();
        if (partial !== undefined) {
          assert.deepEqual(partial.body, bytesOf(rest?.data ?? Buffer.alloc(0)));
          assert.equal(partial.expectedLength, rest?.expectedLength);
        } else {
          // What is left of a trailer frame is no message.
          const last = frames.at(-1);
          assert.ok(rest === undefined || last?.trailers === true);
        }
      }),
    );
  });

  it('decompresses a message in an encoding that it knows, and tells others as they are', () => {
    const plain = Buffer.from('espresso '.repeat(50));
    for (const [encoding, data, unpacked] of [
      ['gzip', gzipSync(plain), true],
      ['deflate', deflateSync(plain), true],
      ['gzip', Buffer.from('no gzip'), false],
      ['snappy', Buffer.from('whatever'), false],
      [undefined, gzipSync(plain), false],
    ] as const) {
      const found: unknown[] = [];
      const handler: BodyHandler = { ...none, message: (body, compressed) => found.push([body, compressed]) };
      const body = new GrpcBody(handler, { web: false, largestMessage: 1000, encoding });
      for (const byte of encodeGrpcFrame(data, { compressed: true })) body.push(Buffer.from([byte]));
      assert.deepEqual(found, [unpacked ? [bytesOf(plain), false] : [bytesOf(data), true]]);
    }
  });

  it('does not unpack more than it would take unpacked', () => {
    const found: unknown[] = [];
    const data = gzipSync(Buffer.alloc(2000));
    const handler: BodyHandler = { ...none, message: (body, compressed) => found.push([body, compressed]) };
    new GrpcBody(handler, { web: false, largestMessage: 1000, encoding: 'gzip' }).push(
      encodeGrpcFrame(data, { compressed: true }),
    );
    assert.deepEqual(found, [[bytesOf(data), true]]);
  });

  it('refuses flags that gRPC does not know', () => {
    for (const [flags, web] of [
      [0x80, false],
      [0x81, true],
      [0x02, true],
    ] as const) {
      const refused: string[] = [];
      const handler: BodyHandler = { ...none, malformed: (detail) => refused.push(detail) };
      new GrpcBody(handler, { web, largestMessage: 1000 }).push(Buffer.from([flags, 0, 0, 0, 0]));
      assert.equal(refused.length, 1);
    }
  });
});
