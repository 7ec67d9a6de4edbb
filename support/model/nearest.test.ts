import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './nearest.js';

for (const { word, valid, expected } of [
  { word: 'paylod', valid: ['text', 'payload', 'control'], expected: 'payload' },
  { word: 'txet', valid: ['text', 'test2'], expected: 'text' },
  { word: 'intervalms', valid: ['interval_ms', 'messages'], expected: 'interval_ms' },
  { word: 'zebra', valid: ['text', 'payload'], expected: undefined },
  { word: 'a', valid: [], expected: undefined },
]) {
  test(`the word nearest to "${word}" is ${expected ?? 'none'}`, () => {
    assert.equal(nearest(word, valid), expected);
  });
}
