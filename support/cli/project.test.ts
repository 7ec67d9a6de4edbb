import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { featurePaths } from './project.js';

describe('featurePaths', () => {
  let cwd = '';
  before(() => {
    cwd = mkdtempSync(join(tmpdir(), 'mirrorspec-paths-'));
    mkdirSync(join(cwd, 'features/deep [1]'), { recursive: true });
    writeFileSync(join(cwd, 'features/a.feature'), '');
    writeFileSync(join(cwd, 'features/b.feature.md'), '');
  });
  after(() => rmSync(cwd, { recursive: true }));

  const cases = [
    [[], ['features/**/*.{feature,feature.md}']],
    [['features'], ['features/**/*.{feature,feature.md}']],
    [['./features/'], ['features/**/*.{feature,feature.md}']],
    [['features/a.feature:3:7'], ['features/a.feature:3:7']],
    [['features/b.feature.md'], ['features/b.feature.md']],
    [['features/deep [1]'], ['features/deep [[]1[]]/**/*.{feature,feature.md}']],
    [['features/*.feature'], ['features/*.feature']],
  ] as const;
  for (const [given, expected] of cases) {
    test(`${given.join(' ') || 'nothing'} becomes ${expected.join(' ')}`, () => {
      assert.deepEqual(featurePaths(given, cwd), { paths: [...expected], mistakes: [] });
    });
  }

  test('an absolute path below the folder becomes relative, as cucumber-js needs it to select lines', () => {
    const { paths } = featurePaths([`${join(cwd, 'features/a.feature')}:2`], cwd);
    assert.deepEqual(paths, ['features/a.feature:2']);
  });
});
