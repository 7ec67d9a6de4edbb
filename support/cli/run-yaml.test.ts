import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (keyword, expression, run, more = {}) =>
  declareStep({ keyword, expression, title: expression, description: '-', example: keyword + ' ' + expression, run, ...more });
step('When', 'nothing happens', () => {}, { yaml: { key: 'nothing' } });
let attempts = 0;
step('Then', 'it holds for {word}', (thing) => {
  if (thing === 'bad') throw new ExpectationError('it does not');
  if (thing === 'shaky' && attempts++ === 0) throw new ExpectationError('not yet');
}, { parameters: [{ name: 'thing', description: '-' }], yaml: { key: 'holds' } });
`;
const YAML = `feature: in YAML
tags: [yaml]
scenarios:
  - scenario: good
    tags: [good]
    when:
      - nothing: true
  - scenario: a <thing>
    matrix:
      place: [here, there]
      thing:
        - fine
        - bad
    then:
      - holds: <place>
      - holds: <thing>
---
feature: more in YAML
scenarios:
  - scenario: again
    then: [holds: bad]
`;
const GHERKIN = 'Feature: in Gherkin\n  Scenario: good\n    When nothing happens\n';
const SETTINGS = 'name: an environment, which is no feature\n';

/** Plain cucumber-js with the plugin, as a project would have it. */
const CUCUMBER = `export default {
  import: ['node_modules/mirrorspec/dist/support/world/hooks.js', 'steps/*.js'],
  plugin: ['./node_modules/mirrorspec/dist/support/language/plugin.js'],
};
`;

const BIN = join(dirname(createRequire(import.meta.url).resolve('@cucumber/cucumber/package.json')), 'bin/cucumber.js');

function cucumber(
  project: InlineProject,
  ...args: readonly string[]
): Promise<{ code: number | null; output: string; left: readonly string[] }> {
  // Of this run alone: another that is under way has its own things there.
  const temporary = mkdtempSync(join(project.path, 'tmp-'));
  return cucumberIn(temporary, project, ...args);
}

function cucumberIn(
  temporary: string,
  project: InlineProject,
  ...args: readonly string[]
): Promise<{ code: number | null; output: string; left: readonly string[] }> {
  const { NODE_TEST_CONTEXT: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: project.path,
    env: { ...env, NO_COLOR: '1', TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output, left: readdirSync(temporary) })));
}

function projectWith(files: Readonly<Record<string, string>>): InlineProject {
  return new InlineProject({ 'steps/own.js': STEPS, 'cucumber.mjs': CUCUMBER, ...files });
}

describe('features in YAML', { concurrency: 2 }, () => {
  let project: InlineProject;
  before(() => {
    project = projectWith({
      'features/a.yaml': YAML,
      'features/b.feature': GHERKIN,
      'features/environments/a.yaml': SETTINGS,
    });
  });
  after(() => project.dispose());

  for (const parallel of ['1', '2']) {
    test(`run beside those in Gherkin, and are reported with their own lines (--parallel ${parallel})`, async () => {
      const reports = `reports-${parallel}`;
      const { code, stdout } = await project.mirrorspec('run', '--parallel', parallel, '--report-dir', reports);
      const lines = stdout.split('\n').filter((line) => /^(pass|FAIL)/.test(line));
      assert.deepEqual(lines.sort(), [
        'FAIL  features/a.yaml:13  a bad (T)',
        'FAIL  features/a.yaml:13  a bad (T)',
        'FAIL  features/a.yaml:20  again (T)',
        'pass  features/a.yaml:12  a fine (T)',
        'pass  features/a.yaml:12  a fine (T)',
        'pass  features/a.yaml:4  good (T)',
        'pass  features/b.feature:2  good (T)',
      ]);
      assert.match(stdout, /^ {6}And it holds for bad {2}features\/a\.yaml:16 {2}code: steps\/own\.js:3$/m);
      assert.match(stdout, new RegExp(`^to run these again: mirrorspec run @${reports}/rerun.txt$`, 'm'));
      assert.equal(code, 1);
      const read = (name: string): string => readFileSync(join(project.path, reports, name), 'utf8');
      assert.equal(read('rerun.txt').split('\n').sort().join(' ').trim(), 'features/a.yaml:13 features/a.yaml:20');
      for (const name of ['messages.ndjson', 'cucumber.html']) {
        assert.ok(read(name).includes('features/a.yaml'));
        assert.ok(!read(name).includes('.run-') && !read(name).includes('compiled/'));
      }
      assert.ok(read('messages.ndjson').includes(JSON.stringify(YAML).slice(1, -1)));
      assert.ok(!existsSync(join(project.path, reports, 'compiled')));
    });
  }

  const selections: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['features/a.yaml:13'], ['features/a.yaml:13  a bad', 'features/a.yaml:13  a bad']],
    [['features/a.yaml:20:4'], ['features/a.yaml:4  good', 'features/a.yaml:20  again']],
    [['--tags', '@good'], ['features/a.yaml:4  good']],
    [['--name', 'again'], ['features/a.yaml:20  again']],
    [
      ['features/a.yaml', '--shard', '2/3'],
      ['features/a.yaml:12  a fine', 'features/a.yaml:13  a bad'],
    ],
    [['features/*.yaml', '--tags', 'not @yaml'], ['features/a.yaml:20  again']],
  ];
  for (const [args, lines] of selections) {
    test(`${args.join(' ')} selects in YAML as in Gherkin`, async () => {
      const { code, stdout } = await project.mirrorspec('run', '--dry-run', '--report-dir', 'dry', ...args);
      assert.deepEqual(stdout.split('\n\n')[0]?.split('\n'), lines);
      assert.equal(code, 0);
    });
  }

  test('what failed is run again, and what passes at a second try is told apart', async () => {
    const again = projectWith({
      'features/a.yaml': YAML.replaceAll('holds: bad', 'holds: shaky').replaceAll('- bad', '- fine2'),
    });
    const first = await again.mirrorspec('run', '-p', '1', '--retry', '1');
    assert.match(first.stdout, /^pass {2}features\/a.yaml:20 {2}again \(T, attempt 2\)$/m);
    assert.equal(first.code, 0);
    assert.ok(!existsSync(join(again.path, 'reports/rerun.txt')));
    assert.doesNotMatch(first.stdout, /again: mirrorspec/);
    const second = await again.mirrorspec('run', '-p', '1');
    assert.equal(second.code, 1);
    assert.equal(readFileSync(join(again.path, 'reports/rerun.txt'), 'utf8'), 'features/a.yaml:20\n');
    const third = await again.mirrorspec('run', '@reports/rerun.txt', '--dry-run');
    assert.equal(third.stdout, 'features/a.yaml:20  again\n\n1 scenario checked, nothing is wrong with them\n');
    again.dispose();
  });

  test('a shard that is none is refused, and one without scenarios', async () => {
    for (const shard of ['0/2', '3/2', 'x', '1/0', '1.5/2']) {
      const { code, stderr } = await project.mirrorspec('run', '--shard', shard);
      assert.match(stderr, /It must be i\/n, the i-th of n parts, for example 1\/3\./);
      assert.equal(code, 2);
    }
    const { code, stderr } = await project.mirrorspec('run', '--shard', '9/9');
    assert.equal(
      stderr,
      `error: nothing to run: --shard 9/9 selects none of the 7 scenarios that were found
  = help: \`mirrorspec run --dry-run\` without the filter lists all scenarios
  = help: every shard needs a scenario: give fewer shards than there are scenarios

error: 1 mistake was found, nothing was run
`,
    );
    assert.equal(code, 2);
  });

  for (const parallel of ['0', '2']) {
    test(`plain cucumber-js runs them, and every formatter shows their lines (--parallel ${parallel})`, async () => {
      const out = (name: string): string => `out-${parallel}.${name}`;
      const formats = ['rerun', 'junit', 'json', 'message', 'html', 'usage', 'snippets', 'summary', 'progress'];
      const args = formats.flatMap((name) => ['--format', `${name}:${out(name)}`]);
      const { code, left } = await cucumber(project, '--parallel', parallel, ...args);
      const read = (name: string): string => readFileSync(join(project.path, out(name)), 'utf8');
      assert.equal(code, 1);
      assert.deepEqual(read('rerun').split('\n').sort(), ['features/./a.yaml:20', 'features/a.yaml:13:13']);
      assert.match(read('summary'), /Scenario: a bad # features\/a\.yaml:13\b|a bad # features\/a\.yaml:13\b/);
      assert.match(read('progress'), /again # features\/\.\/a\.yaml:20\b/);
      // It shows the five slowest.
      assert.match(read('usage'), /it holds for \w+ +│ [\d.]+ms +│ features\/(\.\/)?a\.yaml:(15|16|21)\b/);
      assert.match(read('junit'), /name="again"/);
      const uris = new Set(JSON.parse(read('json')).map(({ uri }: { uri: string }) => uri));
      assert.deepEqual([...uris].sort(), ['features/./a.yaml', 'features/a.yaml', 'features/b.feature']);
      assert.ok(read('html').includes('features/a.yaml'));
      for (const name of formats) assert.ok(!read(name).includes('mirrorspec-yaml-'), name);
      assert.deepEqual(left, []);
    });
  }

  test('a run without YAML does not load what reads and checks YAML', async () => {
    const steps = `import { createRequire } from 'node:module';
import { declareStep } from 'mirrorspec';
declareStep({ keyword: 'When', expression: 'nothing happens', title: '-', description: '-', example: 'When nothing happens',
  yaml: { key: 'nothing' }, run() {
    const files = Object.keys(createRequire(import.meta.url).cache);
    console.log('loaded: ' + files.some((file) => file.includes('/node_modules/ajv/')));
  } });\n`;
    const own = projectWith({
      'steps/own.js': steps,
      'features/a.yaml': 'feature: f\nscenarios:\n  - scenario: s\n    when: [nothing: true]\n',
      'features/b.feature': GHERKIN,
    });
    assert.match((await own.mirrorspec('run', '-p', '1', 'features/b.feature')).stdout, /^loaded: false$/m);
    assert.match((await own.mirrorspec('run', '-p', '1', 'features/a.yaml')).stdout, /^loaded: true$/m);
    own.dispose();
  });

  test('plain cucumber-js selects by line, folder and list of paths', async () => {
    const counts = async (...args: readonly string[]): Promise<string | undefined> =>
      /^(\d+) scenarios?/m.exec((await cucumber(project, '--dry-run', ...args)).output)?.[1];
    project.write('@again.txt', 'features/a.yaml:13:20\nfeatures/b.feature\n');
    assert.equal(await counts('features/a.yaml:13'), '2');
    assert.equal(await counts('features'), '7');
    assert.equal(await counts('@again.txt'), '4');
    assert.equal(await counts('--tags', '@yaml', 'features/*.yaml', '--shard', '1/2'), '3');
  });
});

describe('mistakes in features in YAML', () => {
  let project: InlineProject;
  before(() => {
    project = projectWith({
      'features/a.yaml': `feature: f
scenarios:
  - scenario: s <size>
    matrix: { size: [] }
    when:
      - nothng: true
`,
      'features/b.yaml': `feature: f
scenarios:
  - scenario: s
    when: [nothing: true]
    then:
      - step: it holds fine
      - step: frobnicate 12 "cats" (and/or so)
`,
      'features/c.feature': 'Fature: f\n',
    });
  });
  after(() => project.dispose());

  test('are told together with those in Gherkin and nothing is run', async () => {
    const { code, stdout, stderr } = await project.mirrorspec('run');
    assert.equal(
      // The list of actions grows with the vocabulary.
      stderr.replace(/(actions under when: call), .*\bnothing\b.*/, '$1, …'),
      `error: the axis "size" has no values
 --> features/a.yaml:4:15
  |
4 |     matrix: { size: [] }
  |               ^^^^
  = help: give it values, or remove it

error: there is no action "nothng" under when
 --> features/a.yaml:6:9
  |
6 |       - nothng: true
  |         ^^^^^^
  = help: did you mean "nothing"?
  = help: actions under when: call, …
  = help: \`mirrorspec steps\` lists all steps and how they are written in YAML

error: no step matches "it holds fine"
 --> features/b.yaml:6:9
  |
6 |       - step: it holds fine
  |         ^^^^
  = help: the nearest step is: Then it holds for {word}
  = help: \`mirrorspec steps\` lists all steps

error: no step matches "frobnicate 12 "cats" (and/or so)"
 --> features/b.yaml:7:9
  |
7 |       - step: frobnicate 12 "cats" (and/or so)
  |         ^^^^
  = help: declare it, for example in steps/own.js:
      import { declareStep } from 'mirrorspec';

      declareStep({
        keyword: 'Then',
        expression: 'frobnicate {int} {string} \\\\(and\\\\/or so\\\\)',
        title: 'what the step is for, in one line',
        description: 'What it does, and what it needs.',
        example: 'Then frobnicate 12 "cats" (and/or so)',
        async run(number, text) {},
      });
  = help: \`mirrorspec steps\` lists all steps

error: unexpected "Fature: f"
 --> features/c.feature:1:1
  |
1 | Fature: f
  | ^
  = help: expected here: the end of the file, tags or "Feature:"

error: 5 mistakes were found, nothing was run
`,
    );
    assert.equal(stdout, '');
    assert.equal(code, 2);
    assert.ok(!existsSync(join(project.path, 'reports')));
  });

  test('are told with a mistaken tag expression, too', async () => {
    const { code, stderr } = await project.mirrorspec('run', '--tags', '@a and (', 'features/a.yaml');
    assert.match(stderr, /^error: the tag expression '@a and \('/);
    assert.match(stderr, /^error: there is no action "nothng"/m);
    assert.equal(code, 2);
  });

  test('end a run of plain cucumber-js before anything is run', async () => {
    const { code, output, left } = await cucumber(project, 'features/*.yaml');
    assert.match(output, /^error: there is no action "nothng" under when\n --> features\/a\.yaml:6:9$/m);
    assert.match(output, /^Parse error in "features\/a\.yaml" \(4:15\): the axis "size" has no values, and 1 more$/m);
    assert.doesNotMatch(output, /scenario/);
    assert.equal(code, 1);
    assert.deepEqual(left, []);
  });

  test('a folder without any feature is an empty selection', async () => {
    const empty = projectWith({ 'features/environments/a.yaml': SETTINGS });
    const { code, stderr } = await empty.mirrorspec('run');
    assert.match(stderr, /^error: no scenario was found in features$/m);
    assert.equal(code, 2);
    empty.dispose();
  });

  test('what a killed run has left in the temporary folder is removed by a later one', async () => {
    const temporary = mkdtempSync(join(project.path, 'tmp-'));
    const leftover = join(temporary, 'mirrorspec-yaml-999999999-x');
    mkdirSync(leftover);
    await cucumberIn(temporary, project, 'features/b.yaml', '--dry-run');
    assert.ok(existsSync(leftover), 'it may be that of a run that begins in another container');
    utimesSync(leftover, 1, 1);
    await cucumberIn(temporary, project, 'features/b.yaml', '--dry-run');
    assert.ok(!existsSync(leftover));
  });
});
