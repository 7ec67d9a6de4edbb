import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep } from 'mirrorspec';
const common = { keyword: 'When', title: 't', description: 'd', example: 'When x', run() {} };
declareStep({ ...common, expression: 'nothing happens' });
`;
const FEATURE = `Feature: f
  Scenario: good
    When nothing happens
`;

describe('what surrounds a run', { concurrency: 2 }, () => {
  test('a signal before anything runs leaves nothing: 130', async () => {
    const steps = "console.log('loading'); await new Promise((resolve) => setTimeout(resolve, 60_000));\n";
    using project = new InlineProject({ 'steps/slow.js': steps, 'features/a.feature': FEATURE });
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      const run = project.start('run');
      await run.prints('loading');
      process.kill(run.pid, signal);
      assert.equal((await run.ended).code, 130);
    }
    assert.ok(!existsSync(join(project.path, 'reports')));
  });

  test('a reader that has seen enough changes neither the exit code nor the reports', async () => {
    const feature = `Feature: f
  Scenario: first
    When nothing happens
  Scenario: last
    When it fails later
`;
    const steps = `${STEPS}const seen = () => new Promise((resolve) => setTimeout(resolve, 300));\ndeclareStep({ ...common, expression: 'it fails later', async run() { await seen(); throw new Error('this'); } });\n`;
    using project = new InlineProject({ 'steps/own.js': steps, 'features/a.feature': feature });
    const run = project.start('run', '--parallel', '1');
    await run.prints('first');
    run.closeOutput();
    const { code, stderr } = await run.ended;
    assert.deepEqual({ code, stderr }, { code: 1, stderr: '' });
    assert.match(readFileSync(join(project.path, 'reports/results.json'), 'utf8'), /"exitCode": ?1/);
  });

  test('output that cannot be written is an error, for a reader misses something: 3', async () => {
    using project = new InlineProject({ 'steps/own.js': STEPS });
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [join(PACKAGE_ROOT, 'dist/support/cli/main.js'), 'steps'], {
      cwd: project.path,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    assert.equal(stderr, 'error: the output could not be written: ENOSPC: no space left on device, write\n');
    assert.equal(status, 3);
  });
});
