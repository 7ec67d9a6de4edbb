import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gherkinToYaml, yamlToGherkin } from './convert.js';
import { cats } from './testing/vocabulary.js';

test('each document of a YAML file becomes a feature', () => {
  const { features, mistakes } = yamlToGherkin(
    Buffer.from('feature: a\n---\nfeature: b\nscenarios: [{ scenario: c, then: [{ happy: true }] }]\n'),
    'a.yaml',
    cats,
  );
  assert.deepEqual(mistakes, []);
  assert.deepEqual(
    features.map(({ text, pickles }) => [text, pickles.map(({ name }) => name)]),
    [
      ['Feature: a\n', []],
      ['Feature: b\n\n  Scenario: c\n    Then it is happy\n', ['c']],
    ],
  );
});

test('steps become actions where they have some', () => {
  const { features, mistakes } = gherkinToYaml(
    `Feature: a
  Scenario: b
    Given 2 cats over HTTP/2
    And the food "fish"
    And a dog
    When the wishes are:
      | colour | red |
    And it is told:
      """json
      { "say": "miaow" }
      """
    Then it is happy
`,
    'a.feature',
    cats,
  );
  assert.deepEqual(mistakes, []);
  assert.equal(
    features[0]?.text,
    `feature: a

scenarios:
  - scenario: b
    given:
      - cats: { count: 2, protocol: HTTP/2 }
      - food: fish
      - step: a dog
    when:
      - wishes: { colour: red }
      - told: { say: miaow }
    then:
      - happy: true
`,
  );
});

test('Markdown with Gherkin becomes YAML, too', () => {
  const { features, mistakes } = gherkinToYaml(
    '# Feature: a\n\nProse.\n\n## Scenario Outline: <n>\n\n* Given <n> cats\n\n### Examples:\n\n  | n |\n  |---|\n  | 1 |\n',
    'a.feature.md',
    cats,
  );
  assert.deepEqual(mistakes, []);
  assert.equal(
    features[0]?.text,
    'feature: a\n\nscenarios:\n  - scenario: <n>\n    examples:\n      - { n: 1 }\n    given:\n      - step: <n> cats\n',
  );
});

/** What Gherkin allows and YAML does not, and the line of the Gherkin text that the mistake is about. */
const REFUSED: readonly (readonly [what: string, gherkin: string, message: string, source: string])[] = [
  ['no feature', '# nothing\n', 'this file has no feature', ''],
  [
    'a scenario without steps',
    'Feature: a\n  Scenario: b\n    Given c\n  Scenario: d\n',
    'there is no step',
    '  Scenario: d',
  ],
  [
    'two columns of one name',
    'Feature: a\n  Scenario Outline: <b>\n    Given c\n    Examples:\n      | b | b |\n      | 1 | 2 |\n',
    'two columns are named "b"',
    '      | b | b |',
  ],
  [
    'a row that is there twice',
    'Feature: a\n  Scenario Outline: <b>\n    Given c\n    Examples:\n      | b |\n      | 1 |\n      | 1 |\n',
    'this row is there already: the same scenario would run twice',
    '      | 1 |',
  ],
  [
    'examples without rows',
    'Feature: a\n  Scenario Outline: <b>\n    Given c\n    Examples: none\n      | b |\n',
    '"rows" has no rows',
    '    Examples: none',
  ],
  [
    'a value that mentions another column',
    'Feature: a\n  Scenario Outline: <b> <c>\n    Given d\n    Examples:\n      | b | c |\n      | <c> | 1 |\n',
    'a value cannot contain <c>',
    '      | <c> | 1 |',
  ],
];
for (const [what, gherkin, message, source] of REFUSED) {
  test(`refused at its place in Gherkin: ${what}`, () => {
    const { features, mistakes } = gherkinToYaml(gherkin, 'a.feature', cats);
    assert.deepEqual(features, []);
    assert.deepEqual(
      mistakes.map(({ message: said, at }) => [said, at?.file, at?.source ?? '']),
      [[message, 'a.feature', source]],
    );
  });
}
