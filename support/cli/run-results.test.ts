import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Results } from '../model/results.js';
import { RESULTS_SCHEMA } from '../report/results/results-schema.js';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (expression, key, run) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, yaml: { key }, run });
step('all is well', 'well', () => {});
step('it falls short', 'short', () => { throw new ExpectationError('sent a, arrived b'); });
`;
const GHERKIN = `Feature: orders
  In words.

  Scenario Outline: <what> is mirrored
    When all is well
    Examples:
      | what  |
      | one   |
      | other |

  Scenario: falls short
    When it falls short
`;
const YAML = `feature: payments
scenarios:
  - scenario: paid in <currency>
    matrix: { currency: [EUR, CHF] }
    when:
      - well: true
`;

const validate = new Ajv2020({ strict: true, allErrors: true }).compile<Results>(RESULTS_SCHEMA);

describe('results.json of a run', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const projectOf = (features: Readonly<Record<string, string>>): InlineProject => {
    const project = new InlineProject({ 'steps/own.js': STEPS, ...features });
    projects.push(project);
    return project;
  };
  const resultsOf = (project: InlineProject): Results => {
    const results: unknown = JSON.parse(readFileSync(join(project.path, 'reports/results.json'), 'utf8'));
    assert.ok(validate(results), JSON.stringify(validate.errors?.slice(0, 3)));
    return results;
  };
  after(() => {
    for (const project of projects) project.dispose();
  });

  for (const parallel of ['1', '2']) {
    test(`has features of both languages in order, and the run that it was (--parallel ${parallel})`, async () => {
      const project = projectOf({ 'features/a.feature': GHERKIN, 'features/b.yaml': YAML });
      const { code } = await project.mirrorspec('run', '--parallel', parallel, '--set', 'settle=1 ms');
      const { runs, counts, features, scenarios } = resultsOf(project);
      assert.equal(code, 1);
      assert.deepEqual(
        scenarios.map(({ uri, line, name, state }) => `${uri}:${line} ${name}: ${state}`),
        [
          'features/a.feature:8 one is mirrored: pass',
          'features/a.feature:9 other is mirrored: pass',
          'features/a.feature:11 falls short: fail',
          'features/b.yaml:4 paid in EUR: pass',
          'features/b.yaml:4 paid in CHF: pass',
        ],
      );
      assert.deepEqual([counts.pass, counts.fail], [4, 1]);
      assert.deepEqual(
        features.map(({ uri, language, name, description }) => [uri, language, name, description]),
        [
          ['features/a.feature', 'gherkin', 'orders', 'In words.'],
          ['features/b.yaml', 'yaml', 'payments', ''],
        ],
      );
      assert.deepEqual(
        runs.map(({ command, verdict, exitCode }) => [command, verdict, exitCode]),
        [[`npx mirrorspec run --parallel ${parallel} --set 'settle=1 ms'`, 'failed', 1]],
      );
      assert.deepEqual(
        readdirSync(join(project.path, 'reports')).filter((name) => name.startsWith('.')),
        [],
      );
    });
  }

  test('each scenario can be run again by the command that it names, alone', async () => {
    const project = projectOf({ 'features/a.feature': GHERKIN, 'features/b.yaml': YAML });
    await project.mirrorspec('run');
    const paid = resultsOf(project).scenarios.at(-1);
    const again = paid?.reproduce ?? '';
    assert.equal(again, "npx mirrorspec run features/b.yaml:4 --name '^paid in CHF$'");
    const { status } = spawnSync('sh', ['-c', again.replace('npx mirrorspec', '"$NODE" "$MAIN"')], {
      cwd: project.path,
      env: { ...process.env, NODE: process.execPath, MAIN: join(PACKAGE_ROOT, 'dist/support/cli/main.js') },
    });
    assert.equal(status, 0);
    assert.deepEqual(
      resultsOf(project).scenarios.map(({ id }) => id),
      [paid?.id],
    );
  });

  test('plain cucumber-js leaves it, too', () => {
    const project = projectOf({
      'cucumber.js': `import profile from 'mirrorspec/profile';
export default { ...profile, format: ['summary', [import.meta.resolve('mirrorspec/results'), 'reports/results.json']] };
`,
      'features/a.feature': GHERKIN,
      'features/b.yaml': YAML,
    });
    const cucumber = join(PACKAGE_ROOT, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status } = spawnSync(process.execPath, [cucumber], { cwd: project.path, env, encoding: 'utf8' });
    assert.equal(status, 1);
    const { runs, counts, scenarios } = resultsOf(project);
    assert.deepEqual(
      [runs[0]?.command, runs[0]?.verdict, counts.pass, counts.fail],
      ['npx cucumber-js', 'failed', 4, 1],
    );
    assert.equal(scenarios[0]?.reproduce, 'npx cucumber-js features/a.feature:8');
    assert.deepEqual(
      readdirSync(join(project.path, 'reports')).filter((name) => name.startsWith('.')),
      [],
    );
  });
});
