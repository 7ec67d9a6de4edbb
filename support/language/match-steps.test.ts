import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StepDefinition, stepMatcher } from './match-steps.js';

test('each distinct text is looked for once', () => {
  let asked = 0;
  const definition = (regexp: RegExp): StepDefinition => ({
    pattern: regexp,
    expression: {
      get regexp() {
        asked += 1;
        return regexp;
      },
      match: () => null,
    },
    keyword: 'Given',
    uri: 'a.js',
    line: 1,
    unwrappedCode: () => {},
  });
  const matching = stepMatcher([definition(/^a cat$/), definition(/^a dog$/), definition(/^a dog$/g)]);
  assert.deepEqual(
    ['a cat', 'a cat', 'a dog', 'a dog', 'a mouse', 'a mouse'].map((text) => matching(text).length),
    [1, 1, 2, 2, 0, 0],
  );
  assert.equal(asked, 3 * 3);
});
