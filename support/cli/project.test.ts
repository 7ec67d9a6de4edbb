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
    [[], ['features/**/*.{feature,feature.md,yaml,yml}']],
    [['features'], ['features/**/*.{feature,feature.md,yaml,yml}']],
    [['./features/'], ['features/**/*.{feature,feature.md,yaml,yml}']],
    [['features/a.feature:3:7'], ['features/a.feature:3:7']],
    [['features/b.feature.md'], ['features/b.feature.md']],
    [['features/deep [1]'], ['features/deep [[]1[]]/**/*.{feature,feature.md,yaml,yml}']],
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

  test('YAML features are paths too, settings in YAML are not', () => {
    mkdirSync(join(cwd, 'features/environments'), { recursive: true });
    writeFileSync(join(cwd, 'features/c.yaml'), '');
    writeFileSync(join(cwd, 'features/environments/ci.yaml'), '');
    assert.deepEqual(featurePaths(['features/c.yaml:3'], cwd).paths, ['features/c.yaml:3']);
    assert.deepEqual(featurePaths(['features/environments/ci.yaml'], cwd).mistakes, [
      {
        message: '"features/environments/ci.yaml" is not a feature',
        help: ['by its name and folder it is an environment'],
      },
    ]);
  });

  test('@file stands for the paths in a file', () => {
    writeFileSync(join(cwd, 'rerun.txt'), 'features/a.feature:3:7\n\n  features/b.feature.md\n');
    writeFileSync(join(cwd, 'empty.txt'), '\n');
    assert.deepEqual(featurePaths(['@rerun.txt'], cwd).paths, ['features/a.feature:3:7', 'features/b.feature.md']);
    assert.deepEqual(featurePaths(['@empty.txt', '@absent.txt'], cwd).mistakes, [
      { message: '"empty.txt" names no feature', help: ['write one path on a line'] },
      { message: 'there is no file "absent.txt"', help: ['"@file" stands for the paths in a file'] },
    ]);
  });
});
