import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from './errors.js';
import { matchesPath, pathPattern } from './policies.js';

describe('a path of an authorization policy', () => {
  for (const [written, matching, others] of [
    ['/orders', ['/orders', '/orders?all=1'], ['/orders/7', '/order', '/a/orders']],
    ['/orders/*', ['/orders/7', '/orders/'], ['/orders', '/a?b=/orders/7']],
    ['*.json', ['/a.json', '/a.json?x'], ['/a.json5', '/a?b.json']],
    ['*', ['/', '/a'], []],
  ] as const) {
    it(`${written} means what Istio means by it`, () => {
      const pattern = pathPattern(written);
      assert.deepEqual(
        matching.filter((path) => !matchesPath(pattern, path)),
        [],
      );
      assert.deepEqual(
        others.filter((path) => matchesPath(pattern, path)),
        [],
      );
    });
  }

  it('has at most one *, at an end', () => {
    for (const written of ['', '/a*b', '**', '*a*', '/a/**'])
      assert.throws(() => pathPattern(written), UserError, written);
  });
});
