import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesText, durationText, evidenceHref, shown, shownExcerpt, webAddress } from './shown.js';

describe('text from outside', () => {
  it('is shown with what is invisible in it; lines, tabs and earlier escapes stay', () => {
    assert.equal(
      shown('a\tb\r\nc \\u{7} \u0007\u202e\u00a0\ud800\u001b[31mred\u001b[0m'),
      'a\tb\nc \\u{7} \\u{7}\\u{202e}\\u{a0}\\u{d800}red',
    );
  });

  it('is cut where it is endless, with a word on it', () => {
    assert.equal(shownExcerpt('abcdef', 3), 'abc… cut at 3 of 6 characters');
    assert.match(shown('x'.repeat(1_000_000)), /^x+… cut at 60000 of 1000000 characters$/);
  });
});

describe('addresses', () => {
  it('of evidence stay below the reports', () => {
    assert.equal(evidenceHref('evidence/a b', '../../x?y#z'), './evidence/a%20b/x%3Fy%23z');
    assert.equal(evidenceHref('a\ud800', '\u{1f600}'), './a%EF%BF%BD/%F0%9F%98%80');
  });

  it('of the web are those of the web', () => {
    const given = ['https://a.example/x', 'HTTP://A.example', 'javascript:x', 'data:x', '//a.example', 'x', undefined];
    assert.deepEqual(given.map(webAddress), [
      'https://a.example/x',
      'http://a.example/',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

it('durations and sizes are in the unit that a person would choose', () => {
  assert.deepEqual([0, 43.87, 1300, 61_000, 3_725_000].map(durationText), [
    '0 ms',
    '43.9 ms',
    '1.30 s',
    '1 min 1 s',
    '62 min 5 s',
  ]);
  assert.deepEqual([1, 999, 1484, 2_500_000].map(bytesText), ['1 byte', '999 bytes', '1.5 kB', '2.5 MB']);
});
