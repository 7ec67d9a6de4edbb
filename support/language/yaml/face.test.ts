import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeclaredStep } from '../step.js';
import { checkFaces, facesOf, parameterTypesIn } from './face.js';
import { stepOf } from './testing/vocabulary.js';

function refusal(...steps: readonly DeclaredStep[]): string {
  try {
    steps.forEach((step, index) => {
      checkFaces(step, steps.slice(0, index));
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return assert.fail('the declaration was taken');
}

describe('the value of a face that does not say it is', () => {
  const cases: readonly (readonly [string, DeclaredStep, unknown])[] = [
    ['true for a step that takes nothing', stepOf('Given', 'a cat', { key: 'cat' }), 'literal true'],
    [
      'a single parameter alone',
      stepOf('Given', 'a cat {word}', { key: 'cat' }, { parameters: [{ name: 'called', description: '' }] }),
      'parameter called',
    ],
    [
      'a parameter by its type, if it has no name',
      stepOf('Given', 'a cat {colour}', { key: 'cat' }),
      'parameter colour',
    ],
    [
      'a table alone',
      stepOf('Given', 'cats:', { key: 'cats' }, { attachment: { kind: 'table', description: '' } }),
      'table',
    ],
    [
      'a mapping of several',
      stepOf('Given', '{int} {colour} cats:', { key: 'cats' }, { attachment: { kind: 'text', description: '' } }),
      'int: parameter int, colour: parameter colour, text: text',
    ],
    [
      'without an attachment that may be left out',
      stepOf('Given', 'a cat', { key: 'cat' }, { attachment: { kind: 'text', description: '', required: false } }),
      'literal true',
    ],
  ];
  for (const [name, step, expected] of cases) {
    test(name, () => {
      const shape = facesOf(step)[0]?.shape;
      assert.ok(shape !== undefined);
      const words = (one: typeof shape): string => {
        if (one.kind === 'mapping')
          return [...one.properties].map(([key, inner]) => `${key}: ${words(inner)}`).join(', ');
        if (one.kind === 'parameter') return `parameter ${one.slot.name}`;
        return one.kind === 'literal' ? `literal ${one.value}` : one.kind;
      };
      assert.equal(words(shape), expected);
    });
  }
});

describe('a mistaken face is refused with the place of its declaration:', () => {
  const cases: readonly (readonly [string, string, ...DeclaredStep[]])[] = [
    [
      'a key that is not in kebab-case',
      'steps/cats.ts:7: YAML face "aCat" of Given "title of a cat": the key is not in kebab-case (small letters, digits, single hyphens)',
      stepOf('Given', 'a cat', { key: 'aCat' }),
    ],
    [
      'the key of the escape hatch',
      'steps/cats.ts:7: YAML face "step" of Given "title of a cat": this key is the one by which steps without a face are written',
      stepOf('Given', 'a cat', { key: 'step' }),
    ],
    [
      'an expression that the step does not have',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a cat": "a dog" is not among the step\'s expressions: "a cat", "the cat"',
      stepOf('Given', ['a cat', 'the cat'], { key: 'cat', expression: 'a dog' }),
    ],
    [
      'a parameter that does not exist',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a {colour} cat": there is no {color}; there is {colour}',
      stepOf('Given', 'a {colour} cat', { key: 'cat', value: { is: '{color}' } }),
    ],
    [
      'an attachment that does not exist',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a cat": there is no {table}; the step takes nothing',
      stepOf('Given', 'a cat', { key: 'cat', value: '{table}' }),
    ],
    [
      'a parameter that is left out',
      'steps/cats.ts:7: YAML face "cat" of Given "title of {int} {colour} cats": the value does not say where {int} stands',
      stepOf('Given', '{int} {colour} cats', { key: 'cat', value: '{colour}' }),
    ],
    [
      'a parameter that is there twice',
      'steps/cats.ts:7: YAML face "cat" of Given "title of {int} cats": {int} stands in the value more than once',
      stepOf('Given', '{int} cats', { key: 'cat', value: { a: '{int}', b: '{int}' } }),
    ],
    [
      'an attachment that is left out',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a cat:": the value does not say where the table below the step stands: add \'{table}\'',
      stepOf('Given', 'a cat:', { key: 'cat', value: true }, { attachment: { kind: 'table', description: '' } }),
    ],
    [
      'an attachment that is there twice',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a cat:": what stands below the step is in the value more than once',
      stepOf(
        'Given',
        'a cat:',
        { key: 'cat', value: { a: '{text}', b: '{json}' } },
        { attachment: { kind: 'text', description: '' } },
      ),
    ],
    [
      'two lists',
      'steps/cats.ts:7: YAML face "cat" of Given "title of {int} {colour} cats": only one list can mean a step for each of its elements',
      stepOf('Given', '{int} {colour} cats', { key: 'cat', value: { a: ['{int}'], b: ['{colour}'] } }),
    ],
    [
      'an empty mapping',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a cat": a mapping in the value must have properties',
      stepOf('Given', 'a cat', { key: 'cat', value: {} }),
    ],
    [
      'two faces of one step that are the same',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a cat": its value cannot be told apart from that of "a cat", declared at steps/cats.ts:7: both are true',
      stepOf('Given', 'a cat', [{ key: 'cat' }, { key: 'cat' }]),
    ],
    [
      'two steps with text of one key',
      'steps/cats.ts:7: YAML face "cat" of Given "title of a {word} cat": its value cannot be told apart from that of "a {colour} cat", declared at steps/cats.ts:7: both take text',
      stepOf('Given', 'a {colour} cat', { key: 'cat' }),
      stepOf('Given', 'a {word} cat', { key: 'cat' }),
    ],
    [
      'two steps with the same properties',
      'steps/cats.ts:7: YAML face "cat" of Given "title of cat number {int}": its value cannot be told apart from that of "{float} cats", declared at steps/cats.ts:7: "n": both take a number',
      stepOf('Given', '{float} cats', { key: 'cat', value: { n: '{float}' } }),
      stepOf('Given', 'cat number {int}', { key: 'cat', value: { n: ['{int}'] } }),
    ],
    [
      'any value beside a number',
      'steps/cats.ts:7: YAML face "cat" of Given "title of cats:": its value cannot be told apart from that of "{int} cats", declared at steps/cats.ts:7: both take a number',
      stepOf('Given', '{int} cats', { key: 'cat' }),
      stepOf('Given', 'cats:', { key: 'cat', value: '{json}' }, { attachment: { kind: 'text', description: '' } }),
    ],
    [
      'a list beside a collection',
      'steps/cats.ts:7: YAML face "cat" of Given "title of cats:": its value cannot be told apart from that of "{int} cats", declared at steps/cats.ts:7: both take a list',
      stepOf('Given', '{int} cats', { key: 'cat', value: ['{int}'] }),
      stepOf(
        'Given',
        'cats:',
        { key: 'cat', value: '{collection}' },
        { attachment: { kind: 'text', description: '' } },
      ),
    ],
  ];
  for (const [name, message, ...steps] of cases) {
    test(name, () => assert.equal(refusal(...steps), message));
  }
});

test('faces of one key are told apart by keyword, kind, words and properties', () => {
  const text = { attachment: { kind: 'text', description: '' } } as const;
  const steps = [
    stepOf('Given', 'a cat', { key: 'cat' }),
    stepOf('Then', 'there is a cat', { key: 'cat' }),
    stepOf('Given', 'no cat', { key: 'cat', value: false }),
    stepOf('Given', 'a cat says {string}', { key: 'cat' }),
    stepOf('Given', 'a cat says:', { key: 'cat', value: '{text}' }, text),
    stepOf('Given', 'cat number {int}', { key: 'cat' }),
    stepOf('Given', 'a cat of {string}', { key: 'cat', value: '!!binary {string}' }),
    stepOf('Given', 'a cat at {int}', { key: 'cat', value: { at: '{int}' } }),
    stepOf('Given', 'a cat called {string}', { key: 'cat', value: { at: '{string}' } }),
    stepOf('Given', 'a {int} cat called {string}', { key: 'cat', value: { at: '{string}', n: '{int}' } }),
  ];
  steps.forEach((step, index) => {
    assert.doesNotThrow(() => checkFaces(step, steps.slice(0, index)));
  });
});

test('the parameters of an expression are found, escaped braces are none', () => {
  assert.deepEqual(parameterTypesIn('\\{no} {int} (of) {} and {colour}'), ['int', '', 'colour']);
});
