import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isIgnored, rerunFor } from './watch-selection.js';

describe('what a change makes run again', () => {
  // The package's own features stand in for a project's: folders are told from files by looking.
  const cwd = new URL('../../../', import.meta.url).pathname;
  const cases: readonly (readonly [paths: readonly string[], changed: string, rerun: 'everything' | string[]])[] = [
    [['features'], 'features/protocols.feature', ['features/protocols.feature']],
    [['features'], 'features/deep/new.feature.md', ['features/deep/new.feature.md']],
    [['features'], 'features/deep/new.yaml', ['features/deep/new.yaml']],
    [['features'], 'features/environments/embedded.yaml', 'everything'],
    [['features'], 'features/limitations/L4.yml', 'everything'],
    [['features'], 'mirrorspec.yaml', 'everything'],
    [['features'], 'steps/mesh.ts', 'everything'],
    [['features'], 'examples/other.feature', []],
    [['./features/'], 'features/protocols.feature', ['features/protocols.feature']],
    [['.'], 'examples/other.feature', ['examples/other.feature']],
    [['features/protocols.feature:3:9'], 'features/protocols.feature', ['features/protocols.feature:3:9']],
    [['features/protocols.feature:3'], 'features/yages.feature', []],
    [['features/protocols.feature:3'], 'features/twins.yaml', []],
    [['features', 'features/yages.feature:3'], 'features/yages.feature', ['features/yages.feature:3']],
    [['features/*.feature'], 'features/yages.feature', 'everything'],
    [['@failed.txt'], 'features/yages.feature', 'everything'],
    [['payloads/one.yaml'], 'payloads/one.yaml', ['payloads/one.yaml']],
    [['payloads/one.yaml'], 'payloads/two.yaml', 'everything'],
  ];
  for (const [paths, path, rerun] of cases) {
    test(`${path} of ${paths.join(' ')}: ${typeof rerun === 'string' ? rerun : rerun.join(' ') || 'nothing'}`, () => {
      assert.deepEqual(rerunFor({ path, kind: 'changed' }, { paths, reportDir: 'reports' }, cwd), rerun);
    });
  }

  test('a deleted feature makes nothing run, unless the command line names it', () => {
    const gone = (path: string, ...paths: string[]) =>
      rerunFor({ path, kind: 'deleted' }, { paths, reportDir: 'reports' }, cwd);
    assert.deepEqual(gone('features/gone.feature', 'features'), []);
    assert.deepEqual(gone('features/gone.feature', 'features/gone.feature'), ['features/gone.feature']);
    assert.deepEqual(gone('steps/gone.ts', 'features'), 'everything');
  });
});

test('what runs, builds and packages write is ignored', () => {
  const ignored = (path: string, reportDir = 'reports') => isIgnored(path, { paths: [], reportDir });
  for (const path of ['node_modules', 'a/node_modules/b.js', '.git/index', 'dist/a.js', 'reports/junit.xml'])
    assert.ok(ignored(path), path);
  for (const path of ['', 'steps/dist.js', 'workload/dist/a.js', 'reports.feature', '.github/x'])
    assert.ok(!ignored(path), path);
  assert.ok(ignored('out/put/junit.xml', 'out/put'));
  assert.ok(!ignored('out/junit.xml', 'out/put'));
  // Reports that go to the project's own folder lie beside its sources.
  assert.ok(ignored('junit.xml', '') && ignored('.run-12/junit.xml', ''));
  assert.ok(!ignored('', '') && !ignored('steps/a.js', ''));
});
