import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExamples, checkFaceExamples } from './check-examples.js';
import type { StepDefinition } from './match-steps.js';
import type { DeclaredStep } from './step.js';

const step = (example: string): DeclaredStep => ({
  keyword: 'Given',
  expressions: ['a cat'],
  title: 'a cat',
  description: '',
  example,
  parameters: [],
  yaml: [],
  site: { file: 'steps/cats.ts', line: 1, column: 1 },
});
const definition = (text: string): StepDefinition => ({
  pattern: text,
  keyword: 'Given',
  uri: 'steps/cats.ts',
  line: 1,
  expression: { regexp: new RegExp(`^${text}$`), match: () => null },
  unwrappedCode: () => undefined,
});

test('every step line of an example must match one step, what stands in a doc string need not', () => {
  const definitions = [definition('a cat'), definition('a dog'), definition('a dog')];
  const example = 'Given a cat\n"""\nAnd a horse\n"""\nAnd a mouse\n* a dog';
  assert.deepEqual(checkExamples([step(example)], definitions), [
    'steps/cats.ts:1: example of "a cat": "a mouse" matches 0 steps',
    'steps/cats.ts:1: example of "a cat": "a dog" matches 2 steps',
    'steps/cats.ts:1: example of "a cat": no line of it is this step',
  ]);
});

test('every YAML face must lead to its own step', () => {
  // None of these definitions is known to be that of a declaration.
  const cats: readonly DeclaredStep[] = [
    { ...step('Given a cat'), yaml: [{ key: 'cat' }] },
    { ...step('Given 2 dogs'), title: 'dogs', expressions: ['{int} dogs'], yaml: [{ key: 'dogs' }] },
    { ...step('Given 2 mice'), title: 'mice', expressions: ['{int} mice'], yaml: [{ key: 'mice' }] },
    { ...step('Given red'), title: 'red', expressions: ['red'], yaml: [{ key: 'colour', value: 'red' }] },
    {
      ...step('Given the colour red'),
      title: 'colour',
      expressions: ['the colour {word}'],
      yaml: [{ key: 'colour', value: '{word}' }],
    },
  ];
  const known = ['a cat', '2 mice', '2 mice', 'red', 'the colour red'].map(definition);
  assert.deepEqual(checkFaceExamples(cats, [], known), [
    'steps/cats.ts:1: "a cat" cannot be written as { cat: true }: "a cat" is another step',
    'steps/cats.ts:1: "dogs" cannot be written as { dogs: 2 }: "2 dogs" matches 0 steps',
    'steps/cats.ts:1: "mice" cannot be written as { mice: 2 }: "2 mice" matches 2 steps',
    'steps/cats.ts:1: "red" cannot be written as { colour: red }: "red" is another step',
    'steps/cats.ts:1: "colour" cannot be written as { colour: red }: "red" is another step',
  ]);
});
