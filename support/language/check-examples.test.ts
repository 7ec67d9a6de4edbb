import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkExamples } from './check-examples.js';
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
