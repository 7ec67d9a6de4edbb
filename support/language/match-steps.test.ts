import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StepDefinition, stepMatcher } from './match-steps.js';

test('each distinct text is looked for once', () => {
  const asked: string[] = [];
  const definition = (pattern: string): StepDefinition => ({
    pattern,
    expression: { match: () => null },
    matchesStepName(text) {
      asked.push(text);
      return text === pattern;
    },
    keyword: 'Given',
    uri: 'a.js',
    line: 1,
    unwrappedCode: () => {},
  });
  const matching = stepMatcher([definition('a cat'), definition('a dog'), definition('a dog')]);
  assert.deepEqual(
    ['a cat', 'a cat', 'a dog', 'a mouse', 'a mouse'].map((text) => matching(text).length),
    [1, 1, 2, 0, 0],
  );
  assert.deepEqual(asked, [...Array(3).fill('a cat'), ...Array(3).fill('a dog'), ...Array(3).fill('a mouse')]);
});
