import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogueOf } from './catalogue.js';
import { nothingFound } from './catalogue-suggestions.js';
import type { DeclaredStep } from './step.js';

const step = (expression: string, description: string): DeclaredStep => ({
  keyword: 'Then',
  expressions: [expression],
  title: expression,
  description,
  example: `Then ${expression}`,
  parameters: [],
  yaml: [],
  site: { file: 'steps/verdicts.ts', line: 1, column: 1 },
});
const catalogue = catalogueOf([step('it is mirrored', 'Once, over HTTP/1.1.'), step('it is lost', 'Never.')], []);

const cases: readonly (readonly [words: readonly string[], told: string])[] = [
  [['mirored'], 'no step contains "mirored", but some contain "mirrored"; `mirrorspec steps` lists all of them'],
  [['HTTP/1.2'], 'no step contains "http/1.2", but some contain "http/1.1"; `mirrorspec steps` lists all of them'],
  [['zebra'], 'no step contains "zebra"; `mirrorspec steps` lists all of them'],
  [
    ['lots', 'it zebra'],
    'no step contains "lots", but some contain "lost"; no step contains "zebra"; `mirrorspec steps` lists all of them',
  ],
  [
    ['mirrored', 'Lost'],
    'no step contains all of "mirrored", "lost"; look for one of them, or `mirrorspec steps` lists all of them',
  ],
];
for (const [words, told] of cases) {
  test(`a search for ${words.join(' ')} that finds nothing`, () => assert.equal(nothingFound(catalogue, words), told));
}
