import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGherkin } from './parse.js';
import { pickleDifference } from './pickle-difference.js';

function difference(before: string, after: string): string | undefined {
  const pickles = (text: string) => parseGherkin(text, 'a.feature').pickles;
  return pickleDifference(pickles(before), pickles(after));
}

const FEATURE = `@a @b
Feature: x
  Scenario Outline: <n> cats
    Given cats
      | <n> |
    And a dog
    Then they say:
      """json
      "miaow"
      """
    Examples:
      | n |
      | 1 |
      | 2 |
`;

test('places, ids, comments and words that only Gherkin knows make no difference', () => {
  const other = FEATURE.replace('Feature: x', '# comment\n\nAbility: y')
    .replace('And a dog', 'Given a dog')
    .replaceAll('"""', '```');
  assert.equal(difference(FEATURE, other), undefined);
});

const DIFFERENCES: readonly (readonly [from: string, to: string, difference: string])[] = [
  ['<n> cats', '<n> dogs', 'scenario 1 ("1 cats"): its name was "1 cats" and is "1 dogs"'],
  ['@a @b', '@b @a', 'scenario 1 ("1 cats"): its tags was "@a @b" and is "@b @a"'],
  ['| 2 |', '', 'scenario 2 ("2 cats") is missing: there are 1 scenarios'],
  ['| 2 |', '| 2 |\n| 3 |', 'scenario 3 ("3 cats") was not there before'],
  ['a dog', 'two dogs', 'scenario 1 ("1 cats"): the text of step 2 was "a dog" and is "two dogs"'],
  ['And a', 'When a', 'scenario 1 ("1 cats"): the type of step 2 ("a dog") was "Context" and is "Action"'],
  [
    '| <n> |',
    '| <n> | |',
    'scenario 1 ("1 cats"): what stands below step 1 ("cats") was {"table":[["1"]]} and is {"table":[["1",""]]}',
  ],
  [
    '"""json',
    '"""',
    'scenario 1 ("1 cats"): what stands below step 3 ("they say:") was {"text":"\\"miaow\\"","mediaType":"json"} and is {"text":"\\"miaow\\""}',
  ],
  ['    And a dog\n', '', 'scenario 1 ("1 cats"): the text of step 2 was "a dog" and is "they say:"'],
  ['Examples:', 'And more\nExamples:', 'scenario 1 ("1 cats"): step 4 was not there before: "more"'],
];
for (const [from, to, expected] of DIFFERENCES) {
  test(`${JSON.stringify(from)} → ${JSON.stringify(to)}`, () => {
    assert.equal(difference(FEATURE, FEATURE.replace(from, to)), expected);
  });
}

test('the language counts', () => {
  assert.equal(
    difference('Feature: x\nScenario: y\n', '# language: de\nFunktion: x\nSzenario: y\n'),
    'scenario 1 ("y"): its language was "en" and is "de"',
  );
});
