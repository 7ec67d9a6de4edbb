import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { stepSnippet } from './step-snippet.js';

interface Expressions {
  readonly CucumberExpression: new (expression: string, types: unknown) => { match(text: string): unknown };
  readonly ParameterTypeRegistry: new () => unknown;
}
const expressions: Expressions = createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'))(
  '@cucumber/cucumber-expressions',
);

test('quoted texts and numbers become parameters', () => {
  assert.equal(
    stepSnippet('12 dogs bark at "cats" (and/or so) for 1.5 s', 'Then'),
    `import { declareStep } from 'mirrorspec';

declareStep({
  keyword: 'Then',
  expression: '{int} dogs bark at {string} \\\\(and\\\\/or so\\\\) for {float} s',
  title: 'what the step is for, in one line',
  description: 'What it does, and what it needs.',
  example: 'Then 12 dogs bark at "cats" (and/or so) for 1.5 s',
  async run(number1, text, number3) {},
});`,
  );
});

test('the expression matches the text, whatever is in it', () => {
  const texts = [
    'a',
    '{x} \\ / ( )',
    "it's 5 o'clock",
    'v1.2.3 and 10.0.0.1',
    '"a\\"b" \'c\'',
    '-5 -x- 0.5',
    '<a> 5%',
    'a\\nb',
  ];
  for (const text of texts) {
    const source = /expression: '(.*)',\n/.exec(stepSnippet(text, 'Given'))?.[1] ?? '';
    const expression = source.replace(/\\(.)/g, '$1');
    const { CucumberExpression, ParameterTypeRegistry } = expressions;
    assert.ok(new CucumberExpression(expression, new ParameterTypeRegistry()).match(text) !== null, text);
  }
});
