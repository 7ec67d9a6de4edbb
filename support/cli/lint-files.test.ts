import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from './lint-files.js';

test('the folder and the ending say what a file holds', () => {
  const kinds = [
    ['features/a.feature', 'gherkin'],
    ['features/limitations/a.feature', 'gherkin'],
    ['features/deep/a.feature.md', 'gherkin'],
    ['features/a.yaml', 'yaml-feature'],
    ['features/deep/a.yml', 'yaml-feature'],
    ['features/environments/a.yaml', 'environment'],
    ['features/limitations/L4.yml', 'limitation'],
    ['features/gates/a.yaml', 'gate'],
    ['mirrorspec.yaml', 'project'],
    ['features/README.md', undefined],
    ['features/a.json', undefined],
  ] as const;
  for (const [path, kind] of kinds) assert.equal(kindOf(path), kind, path);
});
