import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { StepArgument } from './action.js';
import { compileActions } from './testing/vocabulary.js';

/** Text of a step, and what stands below it. */
type Step = string | readonly [string, StepArgument];
const json = (content: string): StepArgument => ({ kind: 'text', content, mediaType: 'json' });
const doc = (content: string): StepArgument => ({ kind: 'text', content });
const table = (...rows: string[][]): StepArgument => ({ kind: 'table', rows });

describe('an action becomes', () => {
  const cases: readonly (readonly [string, string, ...Step[]])[] = [
    ['the step of its literal value', 'given: [house: quiet]', 'a quiet house'],
    ['the step of its boolean value', 'then: [heard: false]', 'it is not heard'],
    ['the first of alternative words', 'then: [heard: true]', 'it is heard'],
    ['the step with its properties', 'given: [house: { speaks: gRPC }]', 'a gRPC house'],
    ['an article that suits the word', 'when: [call: { protocol: HTTP/2 }]', 'an HTTP/2 call is made'],
    ['another article', 'when: [call: { protocol: unary }]', 'a unary call is made'],
    ['a plural that suits the number', 'when: [call: { count: 2, protocol: gRPC }]', '2 gRPC calls are made'],
    ['a singular', 'when: [call: { protocol: gRPC, count: 1 }]', '1 gRPC call are made'],
    [
      'several steps, in the order of its properties',
      'given: [cat: { doors: [3, 4], listens: lo }]',
      'the cat waits at door 3',
      'the cat waits at door 4',
      'the cat listens on "lo"',
    ],
    [
      'the step whose inner properties it has',
      'given: [cat: { likes: { fish: Kiel } }]',
      'the cat likes fish from Kiel',
    ],
    ['one step where a list is not needed', 'given: [cat: { doors: 3 }]', 'the cat waits at door 3'],
    ['a number as it is meant', 'given: [cat: { doors: 0x5 }]', 'the cat waits at door 5'],
    ['a fraction as it is written', 'given: [runs: 1.50]', 'the cat runs 1.50 m'],
    ['digits as they are written, where the type takes them', 'given: [room: 007]', 'the cat sleeps in 007'],
    ['text in double quotes', "given: [says: it's]", `the cat says "it's"`],
    ['text in single quotes', `given: [says: '"miau"']`, `the cat says '"miau"'`],
    ['text with both kinds of quotes', `given: [says: '"it''s"']`, `the cat says "\\"it's\\""`],
    ['text with a backslash', 'given: [says: a\\b]', 'the cat says "a\\b"'],
    ['empty text', 'given: [says: ""]', 'the cat says ""'],
    [
      'a doc string, where there are several lines',
      'given:\n  - says: |\n      a\n      b\n',
      ['the cat says:', doc('a\nb\n')],
    ],
    ['a doc string, where text ends with a backslash', "given: [says: 'a\\']", ['the cat says:', doc('a\\')]],
    ['a doc string, where a backslash is before a quote', `given: [says: 'a\\"']`, ['the cat says:', doc('a\\"')]],
    [
      'JSON, where it is a collection',
      'given: [says: { a: [1, 2.50, null, true], b: { c: !!binary AP8=, d: {}, e: [] } }]',
      ['the cat tells:', json('{ "a": [1, 2.50, null, true], "b": { "c": "AP8=", "d": {}, "e": [] } }')],
    ],
    ['JSON of anything, where it is asked for', 'given: [says-json: 5]', ['the cat tells:', json('5')]],
    [
      'JSON over several lines, where it is long',
      `given: [says: { key: ${'x'.repeat(60)}, other: [${'y'.repeat(30)}, 0x10] }]`,
      ['the cat tells:', json(`{\n  "key": "${'x'.repeat(60)}",\n  "other": ["${'y'.repeat(30)}", 16]\n}`)],
    ],
    ['pairs of digits, where it is bytes', 'given: [says: !!binary AP8NCg==]', 'the cat scratches "00 ff 0d 0a"'],
    ['nothing between quotes, where there are no bytes', 'given: [says: !!binary ""]', 'the cat scratches ""'],
    [
      'a table of names and values',
      'given: [names: { a: x, b: [y, ""], c: }]',
      ['the names:', table(['a', 'x'], ['b', 'y'], ['b', ''], ['c', ''])],
    ],
    [
      'a table of rows',
      'given: [surnames: [[a, b, c], [d, e, ""]]]',
      ['the surnames:', table(['a', 'b', 'c'], ['d', 'e', ''])],
    ],
    [
      'cells with what Gherkin escapes',
      `given: [names: { 'a|b': "c\\\\d\\ne" }]`,
      ['the names:', table(['a|b', 'c\\d\ne'])],
    ],
    ['the step that it names', 'given: [step: the dog sleeps]', 'the dog sleeps'],
    [
      'the step that it names, with a table',
      'then: [step: { text: told, table: [[a, b]] }]',
      ['told', table(['a', 'b'])],
    ],
    [
      'the step that it names, with a text',
      'when: [step: { text: told, doc: "x", mediaType: xml }]',
      ['told', { kind: 'text', content: 'x', mediaType: 'xml' }],
    ],
    ['a step of any section, where * is meant', '"*": [heard: true, house: loud]', 'it is heard', 'a loud house'],
  ];
  for (const [name, yaml, ...expected] of cases) {
    test(`${name}: ${yaml.slice(0, 60)}`, () => {
      const { steps, told } = compileActions(yaml);
      assert.equal(told, '');
      assert.deepEqual(
        steps.map(({ text, argument }) => (argument === undefined ? text : [text, argument])),
        expected,
      );
    });
  }
});

describe('a placeholder can stand', () => {
  const cases = [
    ['for a number', 'given: [cat: { doors: <a> }]', 'the cat waits at door <a>'],
    ['for a word of a declared type', 'given: [house: { speaks: <a> }]', 'a <a> house'],
    ['behind an article', 'when: [call: { protocol: <a> }]', 'a <a> call is made'],
    ['before a plural', 'when: [call: { count: <a>, protocol: gRPC }]', '<a> gRPC calls are made'],
    ['within quotes', 'given: [says: x<a b>y]', 'the cat says "x<a b>y"'],
    ['for a part of a word', 'given: [weight: <a> KiB]', 'the cat has a weight of <a> KiB'],
    ['where a pattern would refuse it', 'given: [scratches: <a>]', 'the cat scratches "<a>"'],
    ['for a whole step', 'then: [step: <a b>]', '<a b>'],
  ] as const;
  for (const [name, yaml, expected] of cases) {
    test(`${name}: ${yaml}`, () => {
      const { steps, told } = compileActions(yaml, ['a', 'a b']);
      assert.equal(told, '');
      assert.deepEqual(
        steps.map(({ text }) => text),
        [expected],
      );
    });
  }

  test('but what is no column stays text', () => {
    assert.equal(compileActions('given: [says: <a>]').steps[0]?.text, 'the cat says "<a>"');
  });
});

test('a step stands at its key, one of several at its own property or item', () => {
  const { steps } = compileActions(
    'given:\n  - house: quiet\n  - cat:\n      doors:\n        - 3\n        - 4\n      listens: lo\n',
  );
  assert.deepEqual(
    steps.map(({ at }) => [at.line, at.column, at.length]),
    [
      [2, 5, 5],
      [5, 11, 1],
      [6, 11, 1],
      [7, 7, 7],
    ],
  );
});
