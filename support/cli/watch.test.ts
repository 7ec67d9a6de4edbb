import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject, type Started } from './testing/inline-project.js';

/** The number counts the versions of the step's module, so that a run tells which one it has loaded. */
const steps = (version: number): string => `import { declareStep } from 'mirrorspec';
const step = (expression, run, more = {}) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, run, ...more });
step('it passes', () => { console.log('steps ${version}'); });
step('it takes a minute', () => {
  console.log('a minute begins');
  return new Promise((resolve) => setTimeout(resolve, 60_000));
}, { timeoutMs: 70_000 });
`;

const feature = (name: string, step = 'it passes'): string =>
  `Feature: ${name}\n  @${name}\n  Scenario: ${name}\n    When ${step}\n`;

const IDLE = 'watching for changes\n';

describe('mirrorspec run --watch', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const watches: Started[] = [];
  /** A project with the features one and two, watched and idle. */
  const watched = async (...args: readonly string[]): Promise<{ project: InlineProject; run: Started }> => {
    const project = new InlineProject({
      'steps/own.js': steps(1),
      'features/one.feature': feature('one'),
      'features/two.feature': feature('two'),
    });
    projects.push(project);
    const run = project.start('run', '--parallel', '1', '--watch', ...args);
    watches.push(run);
    await run.warns(IDLE);
    return { project, run };
  };
  /** Ends the watch and returns what it printed, in paragraphs; reports and what they mean left out. */
  const finish = async (run: Started): Promise<{ stdout: string; stderr: string }> => {
    process.kill(run.pid, 'SIGINT');
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 130);
    return { stdout: stdout.replace(/^(?:reports|sidecars|These are).*\n/gm, ''), stderr };
  };
  after(() => {
    for (const { pid } of watches) kill(pid);
    for (const project of projects) project.dispose();
  });

  const BOTH = `steps 1
pass  features/one.feature:3  one (T)
steps 1
pass  features/two.feature:3  two (T)

2 scenarios: 2 passed (T)
`;

  test('a changed feature runs its own scenarios again, a new one is noticed, a deleted one is forgotten', async () => {
    const { project, run } = await watched();
    save(project, 'features/one.feature', feature('uno'));
    await run.warns(IDLE, 2);
    save(project, 'features/deep/three.feature', feature('three'));
    await run.warns(IDLE, 3);
    rmSync(join(project.path, 'features/two.feature'));
    save(project, 'features/one.feature', feature('eins'));
    await run.warns(IDLE, 4);
    const { stdout, stderr } = await finish(run);
    assert.equal(
      stdout,
      `${BOTH}steps 1
pass  features/one.feature:3  uno (T)

1 scenario: 1 passed (T)
steps 1
pass  features/deep/three.feature:3  three (T)

1 scenario: 1 passed (T)
steps 1
pass  features/one.feature:3  eins (T)

1 scenario: 1 passed (T)
`,
    );
    assert.equal(
      stderr,
      `
watching for changes

features/one.feature changed: running features/one.feature

watching for changes

features/deep/three.feature is new: running features/deep/three.feature

watching for changes

features/one.feature changed: running features/one.feature

watching for changes
`,
    );
  });

  test('a changed step, workload or setting runs everything again', async () => {
    const { project, run } = await watched();
    project.write('node_modules/staged/server.py', 'pass\n');
    project.write('node_modules/staged/server.proto', 'syntax = "proto3";\n');
    renameSync(join(project.path, 'node_modules/staged'), join(project.path, 'workloads'));
    await run.warns(IDLE, 2);
    save(project, 'steps/own.js', steps(2));
    await run.warns(IDLE, 3);
    save(project, 'features/environments/embedded.yaml', 'environment: embedded\n');
    await run.warns(IDLE, 4);
    const { stdout, stderr } = await finish(run);
    const two = BOTH.replaceAll('steps 1', 'steps 2');
    assert.equal(stdout, BOTH + BOTH + two + two);
    assert.deepEqual(stderr.match(/^.*: running.*$/gm), [
      'workloads/server.proto is new, workloads/server.py is new: running everything',
      'steps/own.js changed: running everything',
      'features/environments/embedded.yaml is new: running everything',
    ]);
  });

  test('what reports, packages, builds and version control write is no change, nor is a file that stays as it is', async () => {
    const { project, run } = await watched('--report-dir', 'out');
    for (const folder of ['reports', 'out', 'node_modules/x', 'dist', '.git']) project.write(`${folder}/y.js`, '1');
    save(project, 'features/.one.feature.swp', 'an editor');
    rmSync(join(project.path, 'features/.one.feature.swp'));
    spawnSync('chmod', ['a+x', 'steps/own.js'], { cwd: project.path });
    await new Promise((resolve) => setTimeout(resolve, 700));
    // Were one of these a change, this one would not be the first.
    save(project, 'features/two.feature', feature('zwei'));
    await run.warns(IDLE, 2);
    assert.match(
      (await finish(run)).stderr,
      /^\n[^\n]*\n\nfeatures\/two\.feature changed: running features\/two\.feature\n/,
    );
  });

  test('only what the command line selects runs again', async () => {
    const { project, run } = await watched('features/one.feature:3', '--tags', 'not @absent');
    save(project, 'features/two.feature', feature('zwei'));
    save(project, 'features/one.feature', `${feature('uno')}  Scenario: other\n    When it passes\n`);
    await run.warns(IDLE, 2);
    const { stdout, stderr } = await finish(run);
    const one = (name: string) => `steps 1\npass  features/one.feature:3  ${name} (T)\n\n1 scenario: 1 passed (T)\n`;
    assert.equal(stdout, one('one') + one('uno'));
    assert.match(stderr, /^features\/one.feature changed: running features\/one.feature:3$/m);
  });

  test('mistakes are shown, and what could not run because of them runs once they are mended', async () => {
    const { project, run } = await watched();
    save(project, 'features/one.feature', feature('one', 'it pases'));
    await run.warns(IDLE, 2);
    save(project, 'features/two.feature', feature('zwei'));
    await run.warns(IDLE, 3);
    save(project, 'features/one.feature', feature('uno'));
    await run.warns(IDLE, 4);
    save(project, 'steps/own.js', 'let let;\n');
    await run.warns(IDLE, 5);
    const { stdout, stderr } = await finish(run);
    assert.equal(stdout, BOTH + BOTH.replace(' one ', ' uno ').replace(' two ', ' zwei '));
    assert.equal(stderr.split('error: no step matches "it pases"\n --> features/one.feature:4:10\n').length, 3);
    assert.match(stderr, /^features\/one.feature changed: running features\/one.feature features\/two.feature$/m);
    assert.match(stderr, /^error: steps\/own.js cannot be loaded: SyntaxError: /m);
  });

  test('a changed YAML feature runs its own scenarios, once it can be read', async () => {
    const { project, run } = await watched();
    const yaml = (name: string) =>
      `feature: in YAML\nscenarios:\n  - scenario: ${name}\n    when:\n      - step: it passes\n`;
    save(project, 'features/three.yaml', `${yaml('drei')}    then: [\n`);
    await run.warns(IDLE, 2);
    save(project, 'features/three.yaml', yaml('drei'));
    await run.warns(IDLE, 3);
    save(project, 'features/three.yaml', yaml('trois'));
    await run.warns(IDLE, 4);
    const { stdout, stderr } = await finish(run);
    const three = (name: string) => `steps 1\npass  features/three.yaml:3  ${name} (T)\n\n1 scenario: 1 passed (T)\n`;
    assert.equal(stdout, BOTH + three('drei') + three('trois'));
    assert.match(stderr, /^ --> features\/three\.yaml:6:11$/m);
  });

  test('a change during a run ends it and starts anew with what it could not do', async () => {
    const { project, run } = await watched();
    save(project, 'features/one.feature', feature('one', 'it takes a minute'));
    await run.prints('a minute begins');
    save(project, 'features/two.feature', feature('zwei'));
    await run.prints('a minute begins', 2);
    save(project, 'features/one.feature', feature('uno'));
    await run.warns(IDLE, 2);
    const { stdout } = await finish(run);
    assert.match(
      stdout,
      /^stop {2}features\/one.feature:3 {2}one \(T\)\n.*\n {8}interrupted\n\n1 scenario: 1 interrupted/m,
    );
    assert.ok(
      stdout.endsWith(
        'pass  features/one.feature:3  uno (T)\nsteps 1\npass  features/two.feature:3  zwei (T)\n\n2 scenarios: 2 passed (T)\n',
      ),
      stdout,
    );
    assert.deepEqual(processesIn(project.path), []);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    test(`${signal} in the midst of a run leaves no process behind`, async () => {
      const { project, run } = await watched();
      save(project, 'features/one.feature', feature('one', 'it takes a minute'));
      await run.prints('a minute begins');
      process.kill(run.pid, signal);
      const { code, stderr } = await run.ended;
      assert.equal(code, signal === 'SIGKILL' ? null : 130);
      const told = /^interrupted: ending the running scenarios; once more to end at once\n$/m.test(stderr);
      assert.equal(told, signal !== 'SIGKILL');
      assert.deepEqual(processesIn(project.path), []);
    });
  }

  test('on a terminal Enter runs everything, q and Ctrl-C quit', { skip: noTerminal() }, async () => {
    for (const [key, code] of [
      ['q', 0],
      ['\u0003', 130],
    ] as const) {
      const project = new InlineProject({ 'steps/own.js': steps(1), 'features/one.feature': feature('one') });
      projects.push(project);
      const terminal = startOnTerminal(project.path, 'run', '--watch');
      await terminal.shows('Enter: run everything, q: quit');
      terminal.types('\r');
      await terminal.shows('Enter: running everything');
      await terminal.shows('Enter: run everything, q: quit', 2);
      terminal.types(key);
      assert.equal(await terminal.ended, code);
      assert.deepEqual(processesIn(project.path), []);
    }
  });
});

/** Writes a file as editors do: at once, however busy the machine is. */
function save(project: InlineProject, file: string, text: string): void {
  project.write('node_modules/saved', text);
  mkdirSync(dirname(join(project.path, file)), { recursive: true });
  renameSync(join(project.path, 'node_modules/saved'), join(project.path, file));
}

/** Processes whose current folder it is: the watch, its runs and their workers. */
function processesIn(folder: string): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readlinkSync(`/proc/${entry}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

function noTerminal(): string | false {
  return spawnSync('script', ['--version']).status === 0 ? false : 'there is no `script` to make a terminal with';
}

function startOnTerminal(cwd: string, ...args: readonly string[]) {
  const command = [process.execPath, join(PACKAGE_ROOT, 'dist/support/cli/main.js'), ...args];
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...env } = process.env;
  const child: ChildProcess = spawn('script', ['--quiet', '--return', '--command', command.join(' '), '/dev/null'], {
    cwd,
    env: { ...env, NO_COLOR: '1', TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    ended,
    types: (keys: string) => child.stdin?.write(keys),
    shows: (text: string, times = 1) =>
      new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (screen.split(text).length > times) resolve();
        };
        child.stdout?.on('data', look);
        child.on('close', () => reject(new Error(`ended without showing "${text}":\n${screen}`)));
        look();
      }),
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended, as it should.
  }
}
