import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { visibleExcerpt, visibleText } from './visible-text.js';

describe('visibleText', () => {
  for (const [what, text, expected] of [
    ['leaves ordinary text alone', 'grüße, 世界 👋 "a"', 'grüße, 世界 👋 "a"'],
    ['escapes an ANSI sequence', '\u001b[31mred', '\\u{1b}[31mred'],
    ['escapes line breaks and tabs', 'a\r\n\tb', 'a\\u{d}\\u{a}\\u{9}b'],
    ['escapes a C1 control', '\u009b31m', '\\u{9b}31m'],
    ['escapes bidi marks', 'a\u202eb\u2066c\u200fd', 'a\\u{202e}b\\u{2066}c\\u{200f}d'],
    ['escapes zero-width characters', 'a\u200bb\ufeffc\u00add', 'a\\u{200b}b\\u{feff}c\\u{ad}d'],
    ['escapes blanks that look like a space', 'a\u00a0b c', 'a\\u{a0}b c'],
    ['escapes line separators', 'a\u2028b', 'a\\u{2028}b'],
    ['escapes an unpaired surrogate', 'a\ud800b', 'a\\u{d800}b'],
    ['escapes tag characters', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['does not let text forge an escape', 'a\\u{1b}', 'a\\u{5c}u{1b}'],
  ] as const) {
    it(what, () => assert.equal(visibleText(text), expected));
  }
});

describe('visibleExcerpt', () => {
  it('cuts between characters, not inside of one', () => assert.equal(visibleExcerpt('👋👋👋', 2), '👋👋…'));
  it('leaves text that fits', () => assert.equal(visibleExcerpt('abc', 3), 'abc'));
  it('escapes what it keeps', () => assert.equal(visibleExcerpt('\u001babc', 2), '\\u{1b}a…'));
});
