import type { DataTable } from '@cucumber/cucumber';
import { declareParameterType } from '../parameter-type.js';
import { declareStep } from '../step.js';

/** Steps for tests of the declaration: each notes down how it was called. */
export const calls: unknown[][] = [];

const common = { title: 'a step', description: 'Notes down how it was called.', example: 'Given 2 cats' } as const;

declareParameterType({
  name: 'size',
  regexp: /(\d+) (KiB|MiB)/,
  description: 'A size.',
  transform: (number, unit) => Number(number) * (unit === 'KiB' ? 1024 : 1024 * 1024),
});

declareParameterType({
  name: 'protocol',
  values: ['HTTP/1', 'HTTP/1.1'],
  description: 'A protocol.',
  transform: (name) => name,
});

declareStep({
  ...common,
  keyword: 'Given',
  expression: ['{int} cat(s) over {protocol}', 'a cat of {size}', 'no cats \\{at all}'],
  run(...args: unknown[]) {
    calls.push(args);
  },
});

declareStep({
  ...common,
  keyword: 'When',
  expression: 'it is told {word}',
  attachment: { kind: 'table', description: 'what it is told' },
  run(word: string, table: DataTable) {
    calls.push([word, table.raw()]);
  },
});

declareStep({
  ...common,
  keyword: 'Then',
  expression: 'it may say',
  attachment: { kind: 'text', description: 'what it says', required: false },
  async run(text: string | undefined) {
    calls.push([text]);
    if (text === 'fail') throw new Error('as told');
  },
});

declareStep({
  ...common,
  keyword: 'Then',
  expression: 'it fails without a text',
  attachment: { kind: 'text', description: 'what it says', required: false },
  run(text: string | undefined) {
    return Promise.reject(new Error(`text: ${text}`));
  },
});
