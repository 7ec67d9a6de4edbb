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

const NAMESPACES = [...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']), '--mount'];

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

  test('a worker that ends before it runs anything is a fault, be it that others run everything: 4', async (context) => {
    const steps = `${STEPS}import { isMainThread } from 'node:worker_threads';
if (!isMainThread) console.log('a thread');
else if (process.env.CUCUMBER_WORKER_ID === '0') process.kill(process.pid, 'SIGKILL');\n`;
    const feature = `${FEATURE}  Scenario: another\n    When nothing happens\n`;
    using project = new InlineProject({ 'steps/own.js': steps, 'features/a.feature': feature });
    const { code, stdout, stderr } = await project.mirrorspec('run', '--parallel', '2');
    if (stdout.includes('a thread')) return context.skip('workers are threads, which nobody can kill');
    assert.match(stdout, /^2 scenarios: 2 passed/m);
    assert.match(
      stderr,
      /^internal error: a process that runs scenarios ended before its time; others ran what was left$/m,
    );
    assert.equal(code, 4);
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

  test('a report folder that cannot be one is told before anything runs: 3', async () => {
    using project = new InlineProject({ 'steps/own.js': STEPS, 'features/a.feature': FEATURE, notes: '' });
    for (const [folder, reason] of [
      ['notes', 'there is a file of that name'],
      ['notes/reports', 'a part of that path is a file, not a folder'],
    ] as const) {
      const { code, stdout, stderr } = await project.mirrorspec('run', '--report-dir', folder);
      const words = `error: the reports cannot be written to ${join(project.path, folder)}: ${reason}\n`;
      assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: '', stderr: words });
    }
  });

  test('a disk that fills up during the run is told, and the reports of the run before stay: 3', {
    skip: spawnSync('unshare', [...NAMESPACES, 'true']).status === 0 ? false : 'namespaces cannot be made here',
  }, async () => {
    const steps = `${STEPS}declareStep({ ...common, expression: 'much is told', run() { this.attach('x'.repeat(200_000)); } });\n`;
    using project = new InlineProject({
      'steps/own.js': steps,
      'features/a.feature':
        'Feature: f\n  Scenario: s\n    When much is told\n  Scenario: t\n    When nothing happens\n',
      'reports/README': '',
    });
    const script = `mount -t tmpfs -o size=64k tmpfs reports && echo earlier > reports/summary.md
"$0" "$1" run --parallel 1; code=$?; ls -A reports; exit $code`;
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      [...NAMESPACES, 'sh', '-c', script, process.execPath, join(PACKAGE_ROOT, 'dist/support/cli/main.js')],
      { cwd: project.path, encoding: 'utf8' },
    );
    const reason = 'no space is left on the device';
    assert.equal(stderr, `error: the reports cannot be written to ${join(project.path, 'reports')}: ${reason}\n`);
    assert.match(stdout, /^2 scenarios: 2 passed .*\nsummary.md\n$/m);
    assert.equal(status, 3);
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
