import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asEditorSteps } from './catalogue-editor.js';

test('steps and parameter types are written as calls that a language server finds in source text', () => {
  const site = { file: '/steps/orders.ts', line: 1, column: 1 };
  const step = { title: 'an order', description: '', example: '', parameters: [], yaml: [], yamlExamples: [], site };
  const text = asEditorSteps({
    themes: [
      {
        name: 'orders',
        steps: [
          { ...step, keyword: 'Given', expressions: ['an order of {int} {drink}(s)', "the guest's {string} \\(cold)"] },
          { ...step, keyword: 'Then', expressions: ['it is served'] },
        ],
      },
    ],
    parameterTypes: [{ name: 'drink', description: '', values: [], regexps: [/espresso/, /cola\/lemon/], site }],
  });
  assert.equal(
    text.split('\n').slice(2).join('\n'),
    `defineParameterType({ name: 'drink', regexp: [/espresso/, /cola\\/lemon/] });
Given('an order of {int} {drink}(s)', () => {}); // an order
Given('the guest\\'s {string} \\(cold)', () => {}); // an order
Then('it is served', () => {}); // an order
`,
  );
});
