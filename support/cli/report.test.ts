import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Results } from '../model/results.js';
import { RESULTS_SCHEMA } from '../report/results/results-schema.js';
import { resultsWith } from '../report/testing/synthetic-results.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (expression, key, run) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, yaml: { key }, run });
step('all is well', 'well', () => {});
step('it falls short', 'short', () => { throw new ExpectationError('sent a, arrived b'); });
`;
const FEATURE = `Feature: orders
  Scenario Outline: <what> is mirrored
    When <so>
    Examples:
      | what  | so             |
      | one   | all is well    |
      | other | all is well    |
      | third | it falls short |
      | last  | all is well    |
`;

describe('mirrorspec report', { concurrency: 2 }, () => {
  let project: InlineProject;
  before(() => {
    project = new InlineProject({
      'steps/own.js': STEPS,
      'features/a.feature': FEATURE,
      'features/gates/all.yaml': 'gate: all\nrequire: [{ scenario: <what> is mirrored }]\nat-least: { passed: 3 }\n',
    });
  });
  after(() => project.dispose());

  const read = (path: string): Results => JSON.parse(readFileSync(join(project.path, path), 'utf8'));
  const keep = (path: string, results: Results): void => {
    mkdirSync(join(project.path, path, '..'), { recursive: true });
    writeFileSync(join(project.path, path), JSON.stringify(results));
  };

  test('merge makes of shards what one run would have left, and a gate judges it', async () => {
    for (const shard of ['1', '2']) {
      await project.mirrorspec('run', '--shard', `${shard}/2`, '--report-dir', `shards/${shard}`);
    }
    mkdirSync(join(project.path, 'shards/1/evidence/x'), { recursive: true });
    writeFileSync(join(project.path, 'shards/1/evidence/x/lo.pcapng'), 'packets');
    const alone = await project.mirrorspec('gate', 'shards/1', '--policy', 'all');
    assert.match(alone.stdout, /of the runs in embedded the shard 2\/2 is missing/);
    const { code, stdout } = await project.mirrorspec(
      'report',
      'merge',
      'shards/1',
      'shards/2/results.json',
      '--out',
      'merged',
    );
    assert.match(
      stdout,
      /^4 scenarios: 3 passed, 1 failed\n.*shard 1\/2.*\n.*shard 2\/2.*\nreports: merged\/index.html, merged\/results.json, .*merged\/junit.xml, merged\/evidence\n$/,
    );
    assert.equal(code, 0);
    const merged = read('merged/results.json');
    assert.ok(new Ajv2020({ strict: true }).validate(RESULTS_SCHEMA, merged));
    assert.deepEqual(
      merged.scenarios.map(({ line, name, state }) => `${line} ${name}: ${state}`),
      ['6 one is mirrored: pass', '7 other is mirrored: pass', '8 third is mirrored: fail', '9 last is mirrored: pass'],
    );
    const first = read('shards/1/results.json').runs[0]?.id ?? '';
    assert.equal(readFileSync(join(project.path, 'merged/evidence', first, 'x/lo.pcapng'), 'utf8'), 'packets');
    const gate = await project.mirrorspec('gate', 'merged', '--policy', 'all');
    assert.match(
      gate.stdout,
      /FAIL.*all.yaml:2 .*3 of 4 passed\n.*third is mirrored.*\n.*at least 3 scenarios passed: 3 of 4\n/,
    );
    assert.doesNotMatch(gate.stdout, /shard/);
  });

  test('diff is 1 where something has become worse, and 0 where it has not', async () => {
    keep('then.json', resultsWith([{ name: 'a' }]));
    keep('now.json', resultsWith([{ name: 'a', state: 'fail' }]));
    const worse = await project.mirrorspec('report', 'diff', 'then.json', 'now.json');
    assert.match(
      worse.stdout,
      /newly red \(1\)\n {2}features\/a.feature:3 {2}a \(embedded\) — failed: nothing arrived; then: passed\n/,
    );
    assert.equal(worse.code, 1);
    const better = await project.mirrorspec('report', 'diff', 'now.json', 'then.json', '--format', 'json');
    assert.deepEqual([better.code, JSON.parse(better.stdout).newlyGreen.length], [0, 1]);
  });

  test('trends reads all results below a folder, and leaves other files alone', async () => {
    for (const day of [1, 2]) {
      const at = { id: `r${day}`, startedAt: `2026-11-0${day}T10:00:00.000Z` };
      keep(`history/${day}/results.json`, resultsWith([{ name: 'a', state: day === 1 ? 'pass' : 'fail' }], at));
    }
    writeFileSync(join(project.path, 'history/other.json'), '{}');
    const { code, stdout } = await project.mirrorspec('report', 'trends', 'history');
    assert.match(
      stdout,
      /\n2026-11-01 .* 100.0 %.*\n2026-11-02 .* 0.0 %[\s\S]*flaky \(1\)\n.*a \(embedded\) — 1 of 2 runs/,
    );
    assert.equal(code, 0);
  });

  const mistakes: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
    [['report', 'diff', 'then.json', 'nowhere.json'], /^error: nowhere.json cannot be read: there is no such file\n$/],
    [['report', 'merge', 'only', '--out', 'only'], /cannot take the place of what they are made of/],
    [['report', 'merge', 'only', 'only/results.json', '--out', 'out'], /hold the same run, run-1: name it once/],
    [['report', 'trends', 'steps'], /^error: there are no results of mirrorspec below "steps"\n/],
    [['report', 'trends', 'no-folder'], /^error: there is no folder "no-folder"\n/],
    [['report', 'diff', 'only', 'other.json'], /^error: nothing to compare: the two have no scenario in common\n/],
  ];
  for (const [args, expected] of mistakes) {
    test(`${args.join(' ')} is 2, and leaves nothing`, async () => {
      keep('only/results.json', resultsWith([{ name: 'a' }]));
      keep('then.json', resultsWith([{ name: 'a' }]));
      keep('other.json', resultsWith([{ name: 'z' }]));
      const { code, stdout, stderr } = await project.mirrorspec(...args);
      assert.match(stderr, expected);
      assert.deepEqual([code, stdout, existsSync(join(project.path, 'out'))], [2, '', false]);
    });
  }
});
