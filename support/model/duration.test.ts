import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration, parseDuration } from './duration.js';

describe('a duration', () => {
  for (const [text, milliseconds] of [
    ['100 ms', 100],
    ['3 s', 3000],
    ['3s', 3000],
    ['2.5 s', 2500],
    ['2 min', 120_000],
    ['1 h', 3_600_000],
    ['0 ms', 0],
  ] as const) {
    it(`${text} is ${milliseconds} ms`, () => assert.equal(parseDuration(text), milliseconds));
  }

  for (const text of ['', '3', '3 sec', '-1 s', '3  s', ' 3 s', '1e3 ms', '3 S', '.5 s']) {
    it(`"${text}" is none`, () => assert.equal(parseDuration(text), undefined));
  }

  it('is written in the largest unit that needs no fraction', () => {
    assert.deepEqual([0, 100, 1500, 3000, 90_000, 120_000, 3_600_000].map(formatDuration), [
      '0 ms',
      '100 ms',
      '1500 ms',
      '3 s',
      '90 s',
      '2 min',
      '1 h',
    ]);
  });
});
