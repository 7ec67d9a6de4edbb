import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { StepKeyword } from '../step.js';
import type { StepArgument, StepText } from './action.js';
import { compileWith, vocabularyOf } from './compile-action.js';
import { inFlow } from './face-example.js';
import { nodeOf } from './node-of.js';
import { actionFinderOf, sameStep } from './reverse-action.js';
import { substitute } from './reverse-placeholders.js';
import { STEPS, stepOf, TYPES } from './testing/vocabulary.js';

const find = actionFinderOf(STEPS, TYPES);
const vocabulary = vocabularyOf(STEPS, TYPES);

function compile(action: unknown, section: StepKeyword | '*', columns: readonly string[] = []): readonly StepText[] {
  const { steps, mistakes } = compileWith(vocabulary, nodeOf(action), {
    section,
    placeholders: new Set(columns),
    place: ({ line, column }) => ({ file: 'a.yaml', line, column }),
  });
  assert.deepEqual(mistakes, []);
  return steps;
}

function written(
  step: StepText,
  keyword: StepKeyword | '*',
  row?: Readonly<Record<string, string>>,
): string | undefined {
  const action = find(step, keyword, row === undefined ? undefined : new Map(Object.entries(row)));
  if (action === undefined) return undefined;
  const { key, value } = action;
  const [again] = compile({ [key]: value }, keyword, Object.keys(row ?? {}));
  assert.ok(again !== undefined && sameStep(again, step));
  return inFlow({ [key]: value });
}

describe('the action of a step is', () => {
  const rows = (...all: string[][]): StepArgument => ({ kind: 'table', rows: all });
  const json = (content: string): StepArgument => ({ kind: 'text', content, mediaType: 'json' });
  const cases: readonly (readonly [StepKeyword | '*', StepText, string | undefined])[] = [
    ['Given', { text: 'a quiet house' }, '{ house: quiet }'],
    ['*', { text: 'it is not heard' }, '{ heard: false }'],
    ['When', { text: 'an HTTP/2 call is made' }, '{ call: { protocol: HTTP/2 } }'],
    ['When', { text: '3 gRPC calls are made' }, '{ call: { count: 3, protocol: gRPC } }'],
    ['Given', { text: 'the cat waits at door 3' }, '{ cat: { doors: 3 } }'],
    ['Given', { text: 'the cat says \'it is "miau"\'' }, `{ says: 'it is "miau"' }`],
    ['Given', { text: 'the cat says:', argument: { kind: 'text', content: 'a\nb' } }, '{ says: "a\\nb" }'],
    ['Given', { text: 'the cat tells:', argument: json('{ "a": [1, 2] }') }, '{ says: { a: [1, 2] } }'],
    ['Given', { text: 'the cat tells:', argument: json('null') }, '{ says-json: null }'],
    ['Given', { text: 'the cat scratches "00 ff"' }, '{ scratches: 00 ff }'],
    ['Given', { text: 'the cat sleeps in 007' }, '{ room: "007" }'],
    ['Given', { text: 'the cat sleeps in 107' }, '{ room: 107 }'],
    [
      'Given',
      { text: 'the names:', argument: rows(['a', 'x'], ['b', ''], ['b', 'y']) },
      '{ names: { a: x, b: ["", y] } }',
    ],
    [
      'Given',
      { text: 'the surnames:', argument: rows(['a', 'x'], ['b', ''], ['a', 'y']) },
      '{ surnames: [[a, x], [b, ""], [a, y]] }',
    ],
    ['Given', { text: 'the names:', argument: rows(['2', 'x'], ['1', 'y']) }, '{ names: [["2", x], ["1", y]] }'],
    ['Given', { text: 'the names:', argument: rows(['a']) }, '{ names: [[a]] }'],
    // What YAML cannot say exactly so is left to the escape hatch.
    ['When', { text: 'a HTTP/2 call is made' }, undefined],
    ['When', { text: '1 gRPC calls are made' }, undefined],
    ['Then', { text: 'it is seen' }, undefined],
    ['Then', { text: 'a quiet house' }, undefined],
    ['Given', { text: 'the cat waits at door 03' }, undefined],
    ['Given', { text: 'the cat waits at door 30' }, undefined],
    ['Given', { text: 'the cat says "it\\\'s"' }, undefined],
    ['Given', { text: 'the cat says:', argument: { kind: 'text', content: 'one line' } }, undefined],
    ['Given', { text: 'the cat tells:', argument: { kind: 'text', content: '{}' } }, undefined],
    ['Given', { text: 'the cat tells:', argument: json('{"a":1}') }, undefined],
    ['Given', { text: 'the cat tells:', argument: json('no json') }, undefined],
    ['Given', { text: 'a quiet house', argument: rows(['a']) }, undefined],
    ['Given', { text: 'nobody knows it' }, undefined],
  ];
  for (const [keyword, step, expected] of cases) {
    test(`${expected} for ${keyword} ${step.text}`, () => assert.equal(written(step, keyword), expected));
  }
});

describe('in an outline, the action of a step is', () => {
  const row = {
    protocol: 'HTTP/2',
    n: '3',
    size: '64 KiB',
    amount: '5',
    unit: 'KiB',
    what: 'a quiet house',
    empty: '',
  };
  const cases: readonly (readonly [StepKeyword, string, string | undefined])[] = [
    ['When', 'a <protocol> call is made', '{ call: { protocol: <protocol> } }'],
    ['When', '<n> <protocol> calls are made', '{ call: { count: <n>, protocol: <protocol> } }'],
    ['Given', 'the cat waits at door <n>', '{ cat: { doors: <n> } }'],
    ['Given', 'the cat has a weight of <size>', '{ weight: <size> }'],
    ['Given', 'the cat has a weight of <amount> <unit>', '{ weight: <amount> <unit> }'],
    ['Given', 'the cat says "<n> times <empty>"', '{ says: <n> times <empty> }'],
    ['Given', 'the cat says "<empty>"', '{ says: <empty> }'],
    ['Given', 'the cat says "<other>"', '{ says: <other> }'],
    // A column that holds words of the step itself has no key.
    ['Given', '<what>', undefined],
    ['When', 'an <protocol> call is made', undefined],
  ];
  for (const [keyword, text, expected] of cases) {
    test(`${expected} for ${text}`, () => assert.equal(written({ text }, keyword, row), expected));
  }
});

test('ranges of a text with values lead back to the placeholders', () => {
  const { values, originalRange } = substitute(
    'a <x><empty> <y>',
    new Map(Object.entries({ x: 'long', empty: '', y: '1' })),
  );
  assert.equal(values, 'a long 1');
  assert.deepEqual(originalRange(2, 6), [2, 12]);
  assert.deepEqual(originalRange(7, 8), [13, 16]);
  assert.equal(originalRange(3, 6), undefined);
  assert.equal(originalRange(2, 4), undefined);
});

test('any values: a step is compiled from the action that is found for it, and is the same again', () => {
  const text = fc.string({ unit: 'grapheme' }).filter((one) => !/\p{Surrogate}/u.test(one));
  const quotes = fc
    .array(fc.constantFrom('"', "'", '\\', 'a', ' ', '<', '>', '\n', '|'), { maxLength: 8 })
    .map((all) => all.join(''));
  const anyText = fc.oneof(text, quotes);
  const protocol = fc.constantFrom('HTTP/2', 'gRPC', 'unary');
  const cell = anyText.map((one) => one.trim());
  const rows = fc
    .integer({ min: 1, max: 3 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 }));
  const actions = fc.oneof(
    fc.record({ says: anyText }),
    fc.record({
      says: fc.oneof(fc.dictionary(text, fc.jsonValue({ maxDepth: 2 })), fc.array(fc.jsonValue({ maxDepth: 2 }))),
    }),
    fc.record({ 'says-json': fc.jsonValue() }),
    fc.record({ says: fc.uint8Array() }),
    fc.record({ cat: fc.record({ doors: fc.integer({ min: 1, max: 9 }) }) }),
    fc.record({ room: fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constant('cellar')) }),
    fc.record({ house: fc.oneof(fc.constantFrom('quiet', 'loud'), fc.record({ speaks: protocol })) }),
    fc.record({ names: rows }),
    fc.record({ names: fc.dictionary(cell, fc.oneof(cell, fc.array(cell, { minLength: 1 })), { minKeys: 1 }) }),
    fc.record({ runs: fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8) }),
  );
  fc.assert(
    fc.property(actions, (action) => {
      const { steps, mistakes } = compileWith(vocabulary, nodeOf(action), {
        section: 'Given',
        placeholders: new Set(),
        place: ({ line, column }) => ({ file: 'a.yaml', line, column }),
      });
      // Not every value has a text: NaN has none, for example. What has one has an action again.
      const [step] = steps;
      if (step === undefined) {
        assert.ok(mistakes.length > 0);
        return;
      }
      const found = find(step, 'Given');
      assert.ok(found !== undefined, step.text);
      const [again] = compile({ [found.key]: found.value }, 'Given');
      assert.ok(again !== undefined && sameStep(again, step));
    }),
    { numRuns: 2000 },
  );
});

test('a step of a declaration with several expressions is found by the one that a face names', () => {
  const steps = [
    stepOf(
      'Then',
      ['it is heard', 'all of them are heard'],
      [{ key: 'heard' }, { key: 'heard', value: 'all', expression: 'all of them are heard' }],
    ),
  ];
  assert.deepEqual(actionFinderOf(steps, [])({ text: 'all of them are heard' }, 'Then'), {
    key: 'heard',
    value: 'all',
  });
});
