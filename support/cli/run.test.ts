import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { EMBEDDED_VERDICT } from '../model/embedded-verdict.js';
import { type Ended, InlineProject } from './testing/inline-project.js';

/** Steps that need no lab: what they test is the runner. */
const STEPS = `import { declareStep, EnvironmentError, ExpectationError, UserError } from 'mirrorspec';

const step = (expression, run, more = {}) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, run, ...more });
step('nothing happens', () => {});
const common = { keyword: 'When', title: 't', description: 'd', example: 'When x', run() {} };
declareStep({ ...common, expression: 'the cat sleeps' });
declareStep({ ...common, expression: 'the {word} sleeps' });
step('it shouts', () => { throw new ExpectationError('sent\\n  - a\\n  + b\\u001b[31m'); });
step('the environment is broken', () => { throw new EnvironmentError('no mesh', { remedy: 'get one' }); });
step('the argument is wrong', () => { throw new UserError('"5 bananas" is no size'); });
step('a bug bites', () => { undefined.bite(); });
step('the process ends', () => { process.exit(0); });
step('the process ends in a while', () => new Promise(() => setTimeout(() => process.exit(0), 1_000)));
step('it takes a minute', () => {
  console.log('a minute begins');
  return new Promise((resolve) => setTimeout(resolve, 60_000));
}, { timeoutMs: 70_000 });
step('it is told', (table) => { if (table.raw()[0][0] !== 'a') throw new Error('told ' + table.raw()); },
  { attachment: { kind: 'table', description: 'what it is told' } });
let attempts = 0;
step('it works the second time', () => { if (attempts++ === 0) throw new Error('not yet'); });
`;
const FEATURE = `Feature: a runner
  @good
  Scenario: good
    When nothing happens
  @told
  Scenario: told
    When it is told
      | a |
`;

function scenario(text: string): string {
  return `Feature: f\n  Scenario: s\n    When ${text}\n`;
}

describe('mirrorspec run', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const projectOf = (features: Readonly<Record<string, string>>): InlineProject => {
    const files = Object.entries(features).map(([name, content]) => [`features/${name}`, content]);
    const project = new InlineProject({ 'steps/own.js': STEPS, ...Object.fromEntries(files) });
    projects.push(project);
    return project;
  };
  after(() => {
    for (const project of projects) project.dispose();
  });

  test('runs the features of the current folder with the steps of the project and leaves reports', async () => {
    const project = projectOf({ 'a.feature': FEATURE });
    const { code, stdout, stderr } = await project.mirrorspec('run', '--parallel', '1');
    const [counts, ...closing] = stdout.split('\n\n')[1]?.split('\n') ?? [];
    assert.equal(stderr, '');
    assert.deepEqual(stdout.split('\n').slice(0, 2), [
      'pass  features/a.feature:3  good (T)',
      'pass  features/a.feature:6  told (T)',
    ]);
    assert.equal(counts, '2 scenarios: 2 passed (T)');
    assert.match(
      closing[0] ?? '',
      /^reports: reports\/index.html, reports\/results.json, reports\/summary.md, .*reports\/junit.xml, reports\/messages.ndjson/,
    );
    assert.match(closing[1] ?? '', /^sidecars: (node, mirrorspec's own program|envoy \d)/);
    assert.equal(closing[2], EMBEDDED_VERDICT);
    assert.equal(code, 0);
    assert.match(readFileSync(join(project.path, 'reports/junit.xml'), 'utf8'), /<testsuites name="mirrorspec"/);
    assert.match(readFileSync(join(project.path, 'reports/cucumber.html'), 'utf8'), /<html/);
    assert.match(readFileSync(join(project.path, 'reports/messages.ndjson'), 'utf8'), /"testRunFinished"/);
    assert.deepEqual(
      readdirSync(join(project.path, 'reports')).filter((name) => name.startsWith('.')),
      [],
    );
  });

  test('runs scenarios in parallel workers, and the folder of reports can be chosen', async () => {
    const project = projectOf({ 'a.feature': FEATURE });
    const { code, stdout } = await project.mirrorspec('run', '-p', '2', '--report-dir', 'out/put');
    assert.match(stdout, /^2 scenarios: 2 passed/m);
    assert.match(stdout, /^reports: out\/put\/index.html, out\/put\/results.json/m);
    assert.equal(code, 0);
    assert.ok(!existsSync(join(project.path, 'reports')));
  });

  test('a line and a name select scenarios', async () => {
    const project = projectOf({ 'a.feature': FEATURE });
    const byLine = await project.mirrorspec('run', 'features/a.feature:6', '--dry-run');
    const byName = await project.mirrorspec('run', '--name', '^go+d$', '--dry-run');
    assert.equal(byLine.stdout, 'features/a.feature:6  told\n\n1 scenario checked, nothing is wrong with them\n');
    assert.equal(byName.stdout, 'features/a.feature:3  good\n\n1 scenario checked, nothing is wrong with them\n');
    assert.deepEqual([byLine.code, byName.code], [0, 0]);
    assert.ok(!existsSync(join(project.path, 'reports')));
  });

  test('a failed expectation is 1; the step, its place and the message are shown, and nothing in it steers the terminal', async () => {
    const { code, stdout } = await projectOf({ 'a.feature': scenario('it shouts') }).mirrorspec('run');
    assert.equal(
      stdout.split('\n\n')[0],
      [
        'FAIL  features/a.feature:2  s (T)',
        '      When it shouts  features/a.feature:3  code: steps/own.js:4',
        '        sent',
        '          - a',
        '          + b',
      ].join('\n'),
    );
    assert.equal(code, 1);
  });

  test('an error that is no expectation shows where it was thrown', async () => {
    const { code, stdout } = await projectOf({ 'a.feature': scenario('a bug bites') }).mirrorspec('run');
    assert.match(
      stdout,
      /TypeError: Cannot read properties of undefined \(reading 'bite'\)\n {8}at .*steps\/own\.js:12:/,
    );
    assert.doesNotMatch(stdout, /support\/language\/step/);
    assert.equal(code, 1);
  });

  for (const parallel of ['1', '2']) {
    test(`the stack of compiled steps is that of their source (--parallel ${parallel})`, async () => {
      const map = { version: 3, sources: ['own.ts'], names: [], mappings: 'AAMA;AACA;AACA' };
      const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
      const code = `import { When } from '@cucumber/cucumber';
When('it breaks', () => { throw new Error('broken'); });
When('nothing happens', () => {});
//# sourceMappingURL=${url}
`;
      const feature = `${scenario('it breaks')}  Scenario: t\n    When nothing happens\n`;
      const project = new InlineProject({ 'steps/compiled.js': code, 'features/a.feature': feature });
      projects.push(project);
      project.link('@cucumber/cucumber');
      const { stdout } = await project.mirrorspec('run', '--parallel', parallel);
      assert.match(stdout, /^ {8}broken\n {8}at .*steps\/own\.ts:8:/m);
    });

    test(`an EnvironmentError in a step is 3 (--parallel ${parallel})`, async () => {
      const feature = `${scenario('the environment is broken')}  Scenario: t\n    When nothing happens\n`;
      const project = projectOf({ 'a.feature': feature });
      const { code, stdout, stderr } = await project.mirrorspec('run', '-p', parallel);
      assert.match(stdout, /no mesh\n +to mend it: get one/);
      assert.equal(stderr, 'error: the environment could not be prepared; see `mirrorspec doctor`\n');
      assert.equal(code, 3);
    });
  }

  test('a UserError in a step is 2', async () => {
    const { code, stdout } = await projectOf({ 'a.feature': scenario('the argument is wrong') }).mirrorspec('run');
    assert.match(stdout, /^ {8}"5 bananas" is no size$/m);
    assert.equal(code, 2);
  });

  test('a scenario that passes at a second try is told apart', async () => {
    const project = projectOf({ 'a.feature': scenario('it works the second time') });
    const { code, stdout } = await project.mirrorspec('run', '--retry', '1');
    assert.match(stdout, /^retry features\/a.feature:2 {2}s \(T, will be retried\)$/m);
    assert.match(stdout, /^pass {2}features\/a.feature:2 {2}s \(T, attempt 2\)$/m);
    assert.match(stdout, /^1 scenario: 1 passed, 1 of them after a retry \(T\)$/m);
    assert.equal(code, 0);
  });

  test('a worker that ends before its scenario is a fault, 4', async () => {
    const feature = `${scenario('the process ends in a while')}  Scenario: t\n    When nothing happens\n`;
    const { code, stdout, stderr } = await projectOf({ 'a.feature': feature }).mirrorspec('run', '-p', '2');
    assert.match(stdout, /^2 scenarios: 1 passed, 1 not finished/m);
    assert.equal(
      stderr,
      'internal error: the process that ran these scenarios ended before they did:\n  features/a.feature:2  s\n',
    );
    assert.equal(code, 4);
  });

  test('a step that ends the process does not pass for a success, 4', async () => {
    const { code, stderr } = await projectOf({ 'a.feature': scenario('the process ends') }).mirrorspec('run');
    assert.equal(stderr, 'internal error: the process was ended from within, before the run was complete\n');
    assert.equal(code, 4);
  });

  test('reports of an earlier run stay when nothing is run, and are replaced as a whole when something is', async () => {
    const project = projectOf({ 'a.feature': FEATURE });
    project.write('reports/junit.xml', 'old');
    project.write('reports/evidence/old-scenario/lo.pcap', 'old');
    project.write('reports/notes.txt', 'mine');
    await project.mirrorspec('run', '--tags', '@absent');
    assert.equal(readFileSync(join(project.path, 'reports/junit.xml'), 'utf8'), 'old');
    await project.mirrorspec('run', '--tags', '@good');
    assert.notEqual(readFileSync(join(project.path, 'reports/junit.xml'), 'utf8'), 'old');
    assert.ok(!existsSync(join(project.path, 'reports/evidence/old-scenario')));
    assert.equal(readFileSync(join(project.path, 'reports/notes.txt'), 'utf8'), 'mine');
  });

  test('what a run that died has left behind is removed by the next', async () => {
    const project = projectOf({ 'a.feature': FEATURE });
    mkdirSync(join(project.path, 'reports/.run-999999999/evidence'), { recursive: true });
    await project.mirrorspec('run', '--tags', '@good');
    assert.ok(!existsSync(join(project.path, 'reports/.run-999999999')));
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    for (const parallel of ['1', '2']) {
      test(`${signal} ends the running scenarios, skips the rest, keeps the reports: 130 (--parallel ${parallel})`, async () => {
        const feature = `Feature: f
  Scenario: short
    When nothing happens
  Scenario Outline: long <n>
    When it takes a minute
    Examples:
      | n |
      | 1 |
      | 2 |
      | 3 |
`;
        const project = projectOf({ 'a.feature': feature });
        const run = project.start('run', '--parallel', parallel);
        await run.prints('a minute begins', Number(parallel));
        process.kill(run.pid, signal);
        const { code, stdout, stderr } = await run.ended;
        assert.equal(stderr, '\ninterrupted: ending the running scenarios; once more to end at once\n');
        assert.match(stdout, /^stop {2}features\/a.feature:8 {2}long 1 \(T\)\n.*\n {8}interrupted$/m);
        assert.match(stdout, /^4 scenarios: 1 passed, \d skipped, \d interrupted \(T\)$/m);
        assert.match(stdout, /^skip {2}features\/a.feature:10 {2}long 3/m);
        assert.match(
          stdout,
          /^reports: reports\/index.html, reports\/results.json, reports\/summary.md, .*reports\/junit.xml, reports\/messages.ndjson/m,
        );
        assert.equal(code, 130);
        assert.match(readFileSync(join(project.path, 'reports/messages.ndjson'), 'utf8'), /"testRunFinished"/);
      });
    }
  }

  test('a signal to one of its workers alone interrupts the run, which says of nothing that it does not apply: 130', async () => {
    const feature = `Feature: f
  Scenario Outline: long <n>
    When it takes a second in worker <n>
    Examples:
      | n |
      | 1 |
      | 2 |
      | 3 |
`;
    const steps = `${STEPS}step('it takes a second in worker {int}', async (n) => {
  console.log('worker ' + process.pid + ' begins');
  if (process.env.CUCUMBER_WORKER_ID === '0') process.kill(process.pid, 'SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
});
`;
    const project = new InlineProject({ 'steps/own.js': steps, 'features/a.feature': feature });
    projects.push(project);
    const { code, stdout } = await project.mirrorspec('run', '--parallel', '2');
    assert.match(stdout, /\d interrupted \(T\)$/m);
    assert.equal(code, 130);
    assert.doesNotMatch(readFileSync(join(project.path, 'reports/results.json'), 'utf8'), /"state": ?"not-applicable"/);
  });

  for (const parallel of ['1', '2']) {
    test(`a second SIGINT ends what does not heed the first, and keeps the reports: 130 (--parallel ${parallel})`, async () => {
      const code = `import { When } from '@cucumber/cucumber';
When('it heeds nothing', { timeout: -1 }, () => { console.log('it begins'); return new Promise((r) => setTimeout(r, 60_000)); });
`;
      const feature = `${scenario('it heeds nothing')}  Scenario: t\n    When it heeds nothing\n`;
      const project = new InlineProject({ 'steps/plain.js': code, 'features/a.feature': feature });
      projects.push(project);
      project.link('@cucumber/cucumber');
      const run = project.start('run', '--parallel', parallel);
      await run.prints('it begins', Number(parallel));
      process.kill(run.pid, 'SIGINT');
      await run.warns('once more to end at once');
      const second = performance.now();
      process.kill(run.pid, 'SIGINT');
      assert.equal((await run.ended).code, 130);
      assert.ok(performance.now() - second < 10_000);
      // The engine survives its workers and closes the run; in one process with them it cannot.
      const last = parallel === '1' ? 'testCaseStarted' : 'testRunFinished';
      assert.match(readFileSync(join(project.path, 'reports/messages.ndjson'), 'utf8'), new RegExp(`^{"${last}"`, 'm'));
    });
  }
});

describe('mistakes in what is to be run: exit code 2, all at once, nothing is run', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const run = async (features: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> => {
    const files = Object.entries(features).map(([name, content]) => [`features/${name}`, content]);
    const project = new InlineProject({ 'steps/own.js': STEPS, ...Object.fromEntries(files) });
    projects.push(project);
    return project.mirrorspec('run', ...args);
  };
  after(() => {
    for (const project of projects) project.dispose();
  });

  const cases: readonly {
    readonly name: string;
    readonly features: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
    readonly stderr: string;
  }[] = [
    {
      name: 'an undefined step',
      features: { 'a.feature': scenario('nothing happend') },
      stderr: `error: no step matches "nothing happend"
 --> features/a.feature:3:10
  |
3 |     When nothing happend
  |          ^^^^^^^^^^^^^^^
  = help: the nearest step is: When nothing happens
  = help: \`mirrorspec steps\` lists all steps

error: 1 mistake was found, nothing was run
`,
    },
    {
      name: 'the same undefined step in several places, and one in an outline',
      features: {
        'a.feature': `Feature: f
  Background:
    Given qqq
  Scenario Outline: s <n>
    When qqq
    Then zzz <n>
    Examples:
      | n |
      | 1 |
      | 2 |
`,
      },
      stderr: `error: no step matches "qqq"
 --> features/a.feature:3:11
  |
3 |     Given qqq
  |           ^^^
  = note: also at features/a.feature:5
  = help: declare it, for example in steps/own.js:
      import { declareStep } from 'mirrorspec';

      declareStep({
        keyword: 'Given',
        expression: 'qqq',
        title: 'what the step is for, in one line',
        description: 'What it does, and what it needs.',
        example: 'Given qqq',
        async run() {},
      });
  = help: \`mirrorspec steps\` lists all steps

error: no step matches "zzz 1"
 --> features/a.feature:6:10
  |
6 |     Then zzz <n>
  |          ^^^^^^^
  = help: declare it, for example in steps/own.js:
      import { declareStep } from 'mirrorspec';

      declareStep({
        keyword: 'Then',
        expression: 'zzz {int}',
        title: 'what the step is for, in one line',
        description: 'What it does, and what it needs.',
        example: 'Then zzz 1',
        async run(number) {},
      });
  = help: \`mirrorspec steps\` lists all steps

error: 2 mistakes were found, nothing was run
`,
    },
    {
      name: 'an ambiguous step',
      features: { 'a.feature': scenario('the cat sleeps') },
      stderr: `error: 2 steps match "the cat sleeps"
 --> features/a.feature:3:10
  |
3 |     When the cat sleeps
  |          ^^^^^^^^^^^^^^
  = note: "the cat sleeps" is declared at steps/own.js:7
  = note: "the {word} sleeps" is declared at steps/own.js:8
  = help: reword one of the steps so that only one matches

error: 1 mistake was found, nothing was run
`,
    },
    {
      name: 'a table that is missing, and a doc string that nobody takes',
      features: {
        'a.feature': `${scenario('it is told')}    And nothing happens\n      """\n      really\n      """\n`,
      },
      stderr: `error: the step "it is told" needs a data table below it
 --> features/a.feature:3:10
  |
3 |     When it is told
  |          ^^^^^^^^^^
  = help: what it is told

error: the step "nothing happens" takes neither a table nor a doc string
 --> features/a.feature:4:9
  |
4 |     And nothing happens
  |         ^^^^^^^^^^^^^^^
  = help: remove what stands below the step

error: 2 mistakes were found, nothing was run
`,
    },
    {
      name: 'syntax errors in two files, and an undefined step in a third',
      features: {
        'a.feature': `${scenario('nothing happens')}    Wenn nothing happens\n`,
        'b.feature': 'Fature: f\n',
        'c.feature': scenario('qqq'),
      },
      stderr: `error: unexpected "Wenn nothing happens"
 --> features/a.feature:4:5
  |
4 |     Wenn nothing happens
  |     ^
  = help: expected here: the end of the file, a table row, """, a step, tags, "Examples:", "Scenario:" or "Rule:"

error: unexpected "Fature: f"
 --> features/b.feature:1:1
  |
1 | Fature: f
  | ^
  = help: expected here: the end of the file, tags or "Feature:"

error: no step matches "qqq"
 --> features/c.feature:3:10
  |
3 |     When qqq
  |          ^^^
  = help: declare it, for example in steps/own.js:
      import { declareStep } from 'mirrorspec';

      declareStep({
        keyword: 'When',
        expression: 'qqq',
        title: 'what the step is for, in one line',
        description: 'What it does, and what it needs.',
        example: 'When qqq',
        async run() {},
      });
  = help: \`mirrorspec steps\` lists all steps

error: 3 mistakes were found, nothing was run
`,
    },
    {
      name: 'a tag expression that cannot be understood',
      features: { 'a.feature': FEATURE },
      args: ['--tags', '@a and (@b'],
      stderr: `error: the tag expression '@a and (@b' cannot be understood: unmatched (
  = help: for example: --tags '@smoke and not (@slow or @wip)'

error: 1 mistake was found, nothing was run
`,
    },
    {
      name: 'tags that select nothing',
      features: { 'a.feature': FEATURE },
      args: ['--tags', '@absent'],
      stderr: `error: nothing to run: --tags '@absent' selects none of the 2 scenarios that were found
  = help: \`mirrorspec run --dry-run\` without the filter lists all scenarios

error: 1 mistake was found, nothing was run
`,
    },
    {
      name: 'no scenario at all',
      features: { 'a.feature': 'Feature: f\n' },
      stderr: `error: no scenario was found in features
  = help: a scenario lives in a file that ends in .feature, .yaml or .yml

error: 1 mistake was found, nothing was run
`,
    },
    {
      name: 'paths that lead nowhere',
      features: { 'a.feature': FEATURE, 'a.txt': '' },
      args: ['features/b.feature', 'features/a.txt'],
      stderr: `error: there is no file or folder "features/b.feature"

error: "features/a.txt" is not a feature
  = help: the names of feature files end in .feature, .yaml or .yml

error: 2 mistakes were found, nothing was run
`,
    },
  ];

  for (const { name, features, args = [], stderr } of cases) {
    test(name, async () => {
      const ended = await run(features, ...args);
      assert.equal(ended.stderr, stderr);
      assert.equal(ended.stdout, '');
      assert.equal(ended.code, 2);
    });
  }

  test('no features folder', async () => {
    const project = new InlineProject({});
    projects.push(project);
    const { code, stderr } = await project.mirrorspec('run');
    assert.equal(
      stderr,
      `error: there is no folder "features" in ${project.path}
  = help: name the features to run: mirrorspec run <paths...>

error: 1 mistake was found, nothing was run
`,
    );
    assert.equal(code, 2);
  });

  test('an own step with a mistake in its JavaScript', async () => {
    const project = new InlineProject({
      'features/a.feature': FEATURE,
      'steps/broken.js': 'export const a = 1;\nlet let;\n',
    });
    projects.push(project);
    const { code, stderr } = await project.mirrorspec('run');
    assert.equal(
      stderr,
      `error: steps/broken.js cannot be loaded: SyntaxError: Unexpected strict mode reserved word
 --> steps/broken.js:2:5
  |
2 | let let;
  |     ^

error: 1 mistake was found, nothing was run
`,
    );
    assert.equal(code, 2);
  });

  test('an own step that imports what is not there', async () => {
    const missing = "import { declareStap } from 'mirrorspec';\n";
    const absent = "import 'no-such-package';\n";
    for (const [steps, reason] of [
      [missing, "SyntaxError: The requested module 'mirrorspec' does not provide an export named 'declareStap'"],
      [absent, "Error: Cannot find package 'no-such-package' imported from steps/own.js"],
    ] as const) {
      const project = new InlineProject({ 'features/a.feature': FEATURE, 'steps/own.js': steps });
      projects.push(project);
      const { code, stderr } = await project.mirrorspec('run');
      assert.equal(stderr.split('\n')[0], `error: steps/own.js cannot be loaded: ${reason}`);
      assert.equal(code, 2);
    }
  });

  test('an own step with a parameter type that nobody declares', async () => {
    const steps = `import { declareStep } from 'mirrorspec';
declareStep({ keyword: 'Given', expression: 'a {colour} cat', title: 't', description: 'd', example: 'Given a red cat', run() {} });\n`;
    const project = new InlineProject({ 'features/a.feature': scenario('a red cat'), 'steps/own.js': steps });
    projects.push(project);
    const { code, stderr } = await project.mirrorspec('run');
    assert.equal(
      stderr,
      `error: the step "a {colour} cat" uses the parameter type {colour}, which nobody declares
  = help: declare it with declareParameterType, or use {string}, {int}, {float} or {word}

error: 1 mistake was found, nothing was run
`,
    );
    assert.equal(code, 2);
  });
});
