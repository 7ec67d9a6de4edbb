import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from './lint-files.js';

const roots = ['/p/features'];

test('the folder below the features, and the ending, say what a file holds', () => {
  const kinds = [
    ['/p/features/a.feature', 'gherkin'],
    ['/p/features/limitations/a.feature', 'gherkin'],
    ['/p/features/deep/a.feature.md', 'gherkin'],
    ['/p/features/a.yaml', 'yaml-feature'],
    ['/p/features/deep/a.yml', 'yaml-feature'],
    ['/p/features/deep/gates/a.yml', 'yaml-feature'],
    ['/p/features/environments/a.yaml', 'environment'],
    ['/p/features/limitations/L4.yml', 'limitation'],
    ['/p/features/gates/a.yaml', 'gate'],
    ['/p/mirrorspec.yaml', 'project'],
    ['/p/features/mirrorspec.yaml', 'yaml-feature'],
    ['/elsewhere/environments/a.yaml', 'environment'],
    ['/elsewhere/a.yaml', 'yaml-feature'],
    ['/p/features/README.md', undefined],
    ['/p/features/a.json', undefined],
  ] as const;
  for (const [path, kind] of kinds) assert.equal(kindOf(path, roots), kind, path);
});
