import { conversionVocabulary } from '../convert.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import type { DeclaredStep } from '../step.js';

const site = { file: 'steps/cats.ts', line: 1, column: 1 };
const common = { title: 'a step', description: 'A step.', example: '', parameters: [], site };

const STEPS: readonly DeclaredStep[] = [
  {
    ...common,
    keyword: 'Given',
    expressions: ['{int} cat(s) over {protocol}'],
    parameters: [
      { name: 'count', description: 'how many' },
      { name: 'protocol', description: 'over what' },
    ],
    yaml: [{ key: 'cats' }],
  },
  { ...common, keyword: 'Given', expressions: ['the food {string}'], yaml: [{ key: 'food', value: ['{string}'] }] },
  {
    ...common,
    keyword: 'When',
    expressions: ['it is told:'],
    attachment: { kind: 'text', description: 'what' },
    yaml: [{ key: 'told', value: '{json}' }],
  },
  {
    ...common,
    keyword: 'When',
    expressions: ['the wishes are:'],
    attachment: { kind: 'table', description: 'which' },
    yaml: [{ key: 'wishes' }],
  },
  { ...common, keyword: 'Then', expressions: ['it is happy'], yaml: [{ key: 'happy' }] },
];

const PROTOCOL: DeclaredParameterType = {
  name: 'protocol',
  description: 'A protocol.',
  values: ['HTTP/1.1', 'HTTP/2'],
  regexps: [/HTTP\/1\.1|HTTP\/2/],
  site,
};

/** Steps about cats, with an action for each. */
export const cats = conversionVocabulary(STEPS, [PROTOCOL]);
