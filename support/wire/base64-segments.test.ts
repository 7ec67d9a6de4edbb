import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Base64Segments } from './base64-segments.js';

function decode(pieces: readonly Uint8Array[]): { decoded: Buffer; malformed: string | undefined; undecoded: string } {
  const decoded: Buffer[] = [];
  const undecoded: Buffer[] = [];
  let malformed: string | undefined;
  const text = new Base64Segments({
    decoded: (data) => decoded.push(data),
    malformed: (detail) => {
      malformed = detail;
    },
    undecoded: (data) => undecoded.push(Buffer.from(data)),
  });
  for (const piece of pieces) text.push(piece);
  text.end();
  return { decoded: Buffer.concat(decoded), malformed, undecoded: Buffer.concat(undecoded).toString() };
}

describe('Base64Segments', () => {
  it('joins segments that are padded by themselves, wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), fc.integer({ min: 1, max: 7 }), (segments, size) => {
        const text = Buffer.from(segments.map((segment) => Buffer.from(segment).toString('base64')).join(''));
        const pieces: Buffer[] = [];
        for (let at = 0; at < text.length; at += size) pieces.push(text.subarray(at, at + size));
        const { decoded, malformed } = decode(pieces);
        assert.equal(malformed, undefined);
        assert.deepEqual(decoded, Buffer.concat(segments));
      }),
    );
  });

  it('accepts a last group without padding', () => {
    assert.equal(decode([Buffer.from('YWI')]).decoded.toString(), 'ab');
    assert.equal(decode([Buffer.from('YQ')]).decoded.toString(), 'a');
  });

  for (const [text, before, rest] of [
    ['YWJj!YWJj', 'abc', '!YWJj'],
    ['YWJjY=WI', 'abc', '=WI'],
    ['YWJjYQ=x', 'abc', 'x'],
    ['====', '', '===='],
  ] as const) {
    it(`gives up at the right place in ${text}`, () => {
      for (const pieces of [[text], [...text]]) {
        const result = decode(pieces.map((piece) => Buffer.from(piece)));
        assert.equal(result.decoded.toString(), before);
        assert.equal(result.malformed, 'a character that is not base64');
        assert.equal(result.undecoded, rest);
      }
    });
  }
});
