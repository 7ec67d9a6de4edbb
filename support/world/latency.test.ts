import assert from 'node:assert/strict';
import { it } from 'node:test';
import { medianOf } from './latency.js';

const median = (...durations: readonly number[]): number => medianOf(durations.map((durationMs) => ({ durationMs })));

it('a median is the middle, or lies between the two in the middle', () => {
  assert.equal(median(9, 1, 5), 5);
  assert.equal(median(10, 1, 2, 4), 3);
  assert.equal(median(7), 7);
  assert.equal(median(), 0);
});
