import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf } from '../../model/bytes.js';
import { diffPayloads } from './payload-diff.js';

function diff(expected: string | Uint8Array, found: string | Uint8Array, grpc = false): string {
  const labels = { expected: 'sent', found: 'arrived' };
  return diffPayloads(bytesOf(Buffer.from(expected)), bytesOf(Buffer.from(found)), labels, grpc).join('\n');
}

describe('diffPayloads', () => {
  it('points at the first character of text that differs', () => {
    assert.equal(
      diff('grüße aus dem Netz', 'grüße aus den Netz'),
      [
        'sent     "grüße aus dem Netz"',
        'arrived  "grüße aus den Netz"',
        '                      ^ first difference: character 13',
      ].join('\n'),
    );
  });

  it('shows the part of a long line around the difference', () => {
    const text = 'abcdefghij'.repeat(20);
    assert.equal(
      diff(text, `${text.slice(0, 120)}X${text.slice(121)}`),
      [
        'sent     "…ghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefgh…"',
        'arrived  "…ghijabcdefghijabcdefghijXbcdefghijabcdefghijabcdefghijabcdefghijabcdefgh…"',
        '                                   ^ first difference: character 121',
      ].join('\n'),
    );
  });

  it('escapes hostile text, and still points at the right place', () => {
    assert.equal(
      diff('\u001b[31m\u202eab', '\u001b[31m\u202eac'),
      [
        'sent     "\\u{1b}[31m\\u{202e}ab"',
        'arrived  "\\u{1b}[31m\\u{202e}ac"',
        '                             ^ first difference: character 8',
      ].join('\n'),
    );
  });

  it('shows a text that was cut short', () => {
    assert.equal(
      diff('hello', 'hel'),
      ['sent     "hello"', 'arrived  "hel"', '             ^ first difference: character 4'].join('\n'),
    );
  });

  it('compares text of several lines line by line', () => {
    assert.equal(
      diff('one\ntwo\nthree\nfour\n', 'one\ntwo\n3\n3.5\nfour\n'),
      ['first difference: line 3, character 1', '  two', '- three', '+ 3', '+ 3.5', '  four'].join('\n'),
    );
  });

  it('abridges a difference of many lines', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    assert.equal(
      diff(lines.join('\n'), 'other\n'),
      [
        'first difference: line 1, character 1',
        '- line 0',
        '- line 1',
        '- line 2',
        '- line 3',
        '- line 4',
        '- … 25 more lines',
        '+ other',
        '+ ',
      ].join('\n'),
    );
  });

  it('compares JSON member by member', () => {
    assert.equal(
      diff('{"id":7,"names":["a","b"]}', '{"id":7,"names":["a","c"],"x":null}'),
      [
        'as JSON, first difference: line 5, character 6',
        '      "a",',
        '-     "b"',
        '-   ]',
        '+     "c"',
        '+   ],',
        '+   "x": null',
        '  }',
      ].join('\n'),
    );
  });

  it('compares the text of JSON whose values are equal', () => {
    assert.match(diff('{"n":1.0}', '{"n":1}'), /first difference: character 7$/);
    assert.match(diff('[9007199254740993]', '[9007199254740992]'), /first difference: character 17$/);
  });

  it('shows bytes as a hex dump around the first that differs', () => {
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => index * 4);
    assert.equal(
      diff(bytes, bytes.with(37, 0xff)),
      [
        'first difference: byte 37 (0x25), counted from 0',
        'sent     00000010  40 44 48 4c 50 54 58 5c  60 64 68 6c 70 74 78 7c  |@DHLPTX\\`dhlptx||',
        'sent     00000020  80 84 88 8c 90 94 98 9c  a0 a4 a8 ac b0 b4 b8 bc  |................|',
        'sent     00000030  c0 c4 c8 cc d0 d4 d8 dc  e0 e4 e8 ec f0 f4 f8 fc  |................|',
        'arrived  00000010  40 44 48 4c 50 54 58 5c  60 64 68 6c 70 74 78 7c  |@DHLPTX\\`dhlptx||',
        'arrived  00000020  80 84 88 8c 90 ff 98 9c  a0 a4 a8 ac b0 b4 b8 bc  |................|',
        'arrived  00000030  c0 c4 c8 cc d0 d4 d8 dc  e0 e4 e8 ec f0 f4 f8 fc  |................|',
      ].join('\n'),
    );
  });

  it('shows where one of two byte strings ends', () => {
    assert.equal(
      diff(Uint8Array.of(0, 1, 2, 3), Uint8Array.of(0, 1)),
      [
        'first difference: byte 2 (0x2), counted from 0',
        'sent     00000000  00 01 02 03                                       |....|',
        'arrived  00000000  00 01                                             |..|',
      ].join('\n'),
    );
    assert.match(diff(Uint8Array.of(0, 1), ''), /^arrived {2}00000000 {2}\(ends before\)$/m);
  });

  it('takes Protocol Buffers for bytes, also when they decode as text by chance', () => {
    assert.match(diff('\n\u0005hello', '\n\u0005hullo', true), /\|\.\.hello\|/);
    assert.match(diff('hello', 'hullo', true), /"hello"/);
  });

  it('says so where the difference lies beyond what the journals keep', () => {
    const big = Buffer.alloc(20_000, 'x');
    const other = Buffer.from(big);
    other[19_999] = 0;
    assert.equal(
      diff(big, other),
      [
        'no difference in the first 16,384 bytes; the journals cut messages at that length',
        `sent     20,000 bytes, cut at 16,384, SHA-256 ${bytesOf(big).sha256}`,
        `arrived  20,000 bytes, cut at 16,384, SHA-256 ${bytesOf(other).sha256}`,
      ].join('\n'),
    );
  });

  it('takes text for text where the journals cut a character in two', () => {
    const text = `x${'ü'.repeat(10_000)}`;
    assert.match(diff(text, text.replace('x', 'y')), /^sent {5}"xü/);
  });

  it('adds lengths and digests where it shows only the beginning', () => {
    const big = Buffer.alloc(20_000, 'x');
    const other = Buffer.from(big);
    other[5] = 0x79;
    const lines = diff(big, other).split('\n');
    assert.match(lines[2] ?? '', /first difference: character 6$/);
    assert.match(lines[3] ?? '', /^sent {5}20,000 bytes, cut at 16,384, SHA-256 [0-9a-f]{64}$/);
  });
});
