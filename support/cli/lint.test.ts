import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareParameterType, declareStep, UserError } from 'mirrorspec';
const step = (keyword, expression, more = {}) => declareStep({
  keyword, expression, title: expression, description: '-', example: keyword + ' ' + expression, run() {}, ...more,
});
declareParameterType({
  name: 'fruit', regexp: /\\w+ berr(?:y|ies)/, description: 'A fruit.',
  transform(name) {
    if (name.startsWith('poison')) throw new UserError('"' + name + '" are not to be eaten');
    return name;
  },
});
step('Given', 'a cat');
step('Given', 'a {word}');
step('When', 'it eats {fruit}', { parameters: [{ name: 'fruit', description: 'what it eats' }] });
step('When', 'it is told', { attachment: { kind: 'table', description: 'what it is told' } });
step('When', 'port {int} is called', {
  parameters: [{ name: 'port', description: 'a TCP port', schema: { minimum: 1, maximum: 65535 } }],
});
step('Then', 'it is happy');
`;
const GOOD = `Feature: good
  Scenario Outline: <fruit>
    Given a dog
    When it eats <fruit>
    Then it is happy
    Examples:
      | fruit       |
      | red berries |
      | one berry   |
`;
const BAD = `Feature: bad
  Scenario: one
    Given a cat
    When it is told
    Then it is hapy
  Scenario: one
    When it eats poison berries
    Then it is happy
      | very |
`;

describe('mirrorspec lint', { concurrency: 2 }, () => {
  const projects: InlineProject[] = [];
  const projectOf = (files: Readonly<Record<string, string>>): InlineProject => {
    const project = new InlineProject({ 'steps/own.js': STEPS, ...files });
    projects.push(project);
    return project;
  };
  after(() => {
    for (const project of projects) project.dispose();
  });

  test('a project without mistakes is 0, and what was checked is counted', async () => {
    const project = projectOf({
      'features/a.feature': GOOD,
      'features/more/b.feature': GOOD.replace('good', 'better'),
    });
    assert.deepEqual(await project.mirrorspec('lint'), {
      code: 0,
      stdout: '2 files with 2 features and 4 scenarios checked, nothing is wrong with them\n',
      stderr: '',
    });
  });

  test('all mistakes of all files are told at once, on stdout, and the exit code is 2', async () => {
    const project = projectOf({
      'features/a.feature': BAD,
      'features/b.feature': 'Feature: b\n  Scenario: s\n    Gven x\n    When y\n    Gvn z\n',
      'features/c.feature': '',
    });
    const { code, stdout, stderr } = await project.mirrorspec('lint');
    assert.equal(
      stdout,
      `error: 2 steps match "a cat"
 --> features/a.feature:3:11
  |
3 |     Given a cat
  |           ^^^^^
  = note: "a cat" is declared at steps/own.js:2
  = note: "a {word}" is declared at steps/own.js:2
  = help: reword one of the steps so that only one matches

error: the step "it is told" needs a data table below it
 --> features/a.feature:4:10
  |
4 |     When it is told
  |          ^^^^^^^^^^
  = help: what it is told

error: no step matches "it is hapy"
 --> features/a.feature:5:10
  |
5 |     Then it is hapy
  |          ^^^^^^^^^^
  = help: the nearest step is: Then it is happy
  = help: \`mirrorspec steps\` lists all steps

error: two scenarios are named "one"
 --> features/a.feature:6:13
  |
6 |   Scenario: one
  |             ^^^
  = note: the first one is at features/a.feature:2
  = help: give each scenario of a feature a name of its own: reports tell them apart by it

error: "poison berries" are not to be eaten
 --> features/a.feature:7:18
  |
7 |     When it eats poison berries
  |                  ^^^^^^^^^^^^^^
  = note: it is what it eats

error: the step "it is happy" takes neither a table nor a doc string
 --> features/a.feature:8:10
  |
8 |     Then it is happy
  |          ^^^^^^^^^^^
  = help: remove what stands below the step

error: unexpected "Gvn z"
 --> features/b.feature:5:5
  |
5 |     Gvn z
  |     ^
  = help: expected here: the end of the file, a table row, """, a step, tags, "Examples:", "Scenario:" or "Rule:"

error: this file holds no feature
 --> features/c.feature:1
  = help: begin it with "Feature:" and a name, or remove it

error: 8 mistakes were found in 3 files with 1 feature and 2 scenarios
`,
    );
    assert.deepEqual([code, stderr], [2, '']);
  });

  test('YAML features, environments, limitations, gates and mirrorspec.yaml are checked, too', async () => {
    const limitation = (id: string): string =>
      `limitation: ${id}\ntitle: t\nexplanation: e\nwhen: always\nexpect: { verdict: not-mirrored }\n`;
    const project = projectOf({
      'mirrorspec.yaml': 'environment: clowd\n',
      'features/a.yaml': `feature: a
tags: [limitation:L5]
scenarios:
  - scenario: one
    given: [{ step: a mouse }]
    then: [{ step: it is hapy }]
---
feature: a
scenarios:
  - scenario: two
    when: [{ cal: { protocol: HTTP/2 } }]
`,
      'features/b.yaml': 'feature: b\nscenarios:\n  - scenario: one\n   when: []\n',
      'features/c.yaml': `feature: c
tags: [limitation:L5]
scenarios:
  - scenario: one
    given: [{ step: a mouse }]
    then: [{ step: it is hapy }]
`,
      'features/environments/mine.yaml': 'environment: mine\nkind: embeded\n',
      'features/gates/main.yaml': 'gate: mian\n',
      'features/limitations/L4.yaml': limitation('L4'),
    });
    const { code, stdout } = await project.mirrorspec('lint', '--format', 'json');
    const { mistakes, totals } = JSON.parse(stdout);
    assert.deepEqual(
      mistakes.map(({ file, line, rule }: { file: string; line: number; rule: string }) => `${file}:${line} ${rule}`),
      [
        'null:null unknown-environment',
        'features/a.yaml:2 unknown-limitation',
        'features/a.yaml:4 no-when',
        'features/a.yaml:6 undefined-step',
        'features/a.yaml:8 duplicate-feature',
        'features/a.yaml:11 unknown-action',
        'features/b.yaml:4 indentation',
        'features/c.yaml:2 unknown-limitation',
        'features/c.yaml:4 no-when',
        'features/c.yaml:6 undefined-step',
        'features/environments/mine.yaml:2 unknown-value',
        'features/gates/main.yaml:1 missing-key',
      ],
    );
    assert.deepEqual(totals, { files: 7, features: 3, scenarios: 3, mistakes: 12 });
    assert.equal(code, 2);

    // Whether a limitation is used, only all features can tell.
    project.write('features/b.yaml', 'feature: b\nscenarios: []\n');
    assert.match((await project.mirrorspec('lint')).stdout, /^error: no scenario has the limitation "L4"$/m);
  });

  test("a value that a parameter's schema excludes is found in each row of an outline", async () => {
    const feature = `Feature: ports
  Scenario Outline: <port>
    When port <port> is called
    Then it is happy
    Examples:
      | port  |
      | 80    |
      | 65536 |
  Scenario: none
    When port 0 is called
    Then it is happy
`;
    const { code, stdout } = await projectOf({ 'features/a.feature': feature }).mirrorspec('lint');
    assert.equal(
      stdout,
      `error: 65536 is no value of "port"
 --> features/a.feature:3:10
  |
3 |     When port <port> is called
  |          ^^^^^^^^^^^^^^^^^^^^^
  = note: it is a TCP port
  = help: give 1 or more and 65535 or less

error: 0 is no value of "port"
  --> features/a.feature:10:15
   |
10 |     When port 0 is called
   |               ^
   = note: it is a TCP port
   = help: give 1 or more and 65535 or less

error: 2 mistakes were found in 1 file with 1 feature and 3 scenarios
`,
    );
    assert.equal(code, 2);
  });

  test('JSON has each mistake with its place and rule, and the totals', async () => {
    const project = projectOf({ 'features/a.feature': GOOD.replace('it is happy', 'it is hapy') });
    const { code, stdout } = await project.mirrorspec('lint', '--format', 'json');
    assert.deepEqual(JSON.parse(stdout), {
      mistakes: [
        {
          file: 'features/a.feature',
          line: 5,
          column: 10,
          endColumn: 20,
          rule: 'undefined-step',
          message: 'no step matches "it is hapy"',
          notes: [],
          help: ['the nearest step is: Then it is happy', '`mirrorspec steps` lists all steps'],
        },
      ],
      totals: { files: 1, features: 1, scenarios: 2, mistakes: 1 },
    });
    assert.equal(code, 2);
  });

  test('JSON of a project without mistakes is JSON too', async () => {
    const { code, stdout } = await projectOf({ 'features/a.feature': GOOD }).mirrorspec('lint', '--format', 'json');
    assert.deepEqual(JSON.parse(stdout), {
      mistakes: [],
      totals: { files: 1, features: 1, scenarios: 2, mistakes: 0 },
    });
    assert.equal(code, 0);
  });

  test('GitHub annotations are workflow commands', async () => {
    const project = projectOf({ 'features/a.feature': GOOD.replace('it is happy', 'it is 100% hapy') });
    const { code, stdout } = await project.mirrorspec('lint', '--format', 'github');
    assert.equal(
      stdout,
      '::error file=features/a.feature,line=5,col=10,endColumn=25,title=mirrorspec%3A undefined-step::' +
        'no step matches "it is 100%25 hapy"%0Ahelp: the nearest step is: Then it is happy%0Ahelp: `mirrorspec steps` lists all steps\n',
    );
    assert.equal(code, 2);
  });

  test('files and folders can be named', async () => {
    const project = projectOf({ 'features/a.feature': GOOD, 'features/more/b.feature': BAD, 'notes.txt': '' });
    const one = await project.mirrorspec('lint', 'features/a.feature');
    assert.equal(one.stdout, '1 file with 1 feature and 2 scenarios checked, nothing is wrong with them\n');
    const folder = await project.mirrorspec('lint', 'features/more', '--format', 'json');
    assert.deepEqual(JSON.parse(folder.stdout).totals, { files: 1, features: 1, scenarios: 2, mistakes: 6 });
    const { code, stdout } = await project.mirrorspec('lint', 'features/z', 'notes.txt', 'features/a.feature:3');
    assert.equal(
      stdout,
      `error: there is no file or folder "features/z"

error: "notes.txt" is not a file that mirrorspec reads
  = help: the names of such files end in .feature, .feature.md, .yaml or .yml

error: there is no file or folder "features/a.feature:3"
  = help: lint checks whole files: mirrorspec lint features/a.feature

error: 3 mistakes were found in 0 files with 0 features and 0 scenarios
`,
    );
    assert.equal(code, 2);
  });

  test('where there is nothing to check, that is a mistake', async () => {
    const { code, stdout } = await projectOf({}).mirrorspec('lint');
    assert.equal(
      stdout,
      `error: there is no file or folder "features"
  = help: name what is to be checked: mirrorspec lint <paths...>

error: 1 mistake was found in 0 files with 0 features and 0 scenarios
`,
    );
    assert.equal(code, 2);
    const project = projectOf({ 'features/notes.txt': '' });
    assert.match((await project.mirrorspec('lint')).stdout, /^error: there is nothing to check in features\n/);
  });

  test('steps that cannot be loaded hide no other mistake', async () => {
    const project = projectOf({ 'steps/broken.js': 'import "./nowhere.js";\n', 'features/a.feature': BAD });
    const { code, stdout } = await project.mirrorspec('lint');
    assert.match(stdout, /^error: steps\/broken\.js cannot be loaded: .*\n\nerror: two scenarios are named "one"\n/);
    assert.equal(code, 2);
  });

  test('a parameter type that nobody declares is told once, and everything but the steps is checked', async () => {
    const own = `import { declareStep } from 'mirrorspec';
declareStep({ keyword: 'Given', expression: 'a {cat}', title: 't', description: 'd', example: 'Given a cat', run() {} });
`;
    const project = projectOf({ 'steps/own.js': own, 'features/a.feature': BAD });
    const { code, stdout } = await project.mirrorspec('lint');
    assert.equal(
      stdout,
      `error: the step "a {cat}" uses the parameter type {cat}, which nobody declares
  = help: declare it with declareParameterType, or use {string}, {int}, {float} or {word}

error: two scenarios are named "one"
 --> features/a.feature:6:13
  |
6 |   Scenario: one
  |             ^^^
  = note: the first one is at features/a.feature:2
  = help: give each scenario of a feature a name of its own: reports tell them apart by it

error: 2 mistakes were found in 1 file with 1 feature and 2 scenarios
`,
    );
    assert.equal(code, 2);
  });

  test('what is printed into a pipe is complete, however slowly it is read', async () => {
    const steps = Array.from({ length: 400 }, (_, number) => `    Given ${`thing ${number} `.repeat(20)}`).join('\n');
    const project = projectOf({ 'features/a.feature': `Feature: f\n  Scenario: s\n${steps}\n` });
    const { stdout } = await project.mirrorspec('lint');
    assert.ok(stdout.length > 200_000);
    assert.match(stdout, /\nerror: 401 mistakes were found in 1 file with 1 feature and 1 scenario\n$/);
  });

  test('a project of 1,000 scenarios in YAML, read by two threads, gives the mistakes of each file', async () => {
    const scenarios = Array.from(
      { length: 50 },
      (_, number) =>
        `  - scenario: number ${number}\n    given: [{ step: a mouse }]\n    when: [{ step: it eats red berries }]\n    then: [{ step: it is happy }]\n`,
    ).join('');
    const files = Array.from({ length: 20 }, (_, file) => [
      `features/${String(file).padStart(2, '0')}.yaml`,
      `feature: number ${file}\nscenarios:\n${scenarios}${scenarios.slice(0, scenarios.indexOf('  - scenario: number 1'))}`,
    ]);
    const { stdout } = await projectOf(Object.fromEntries(files)).mirrorspec('lint', '--format', 'json');
    const { mistakes, totals } = JSON.parse(stdout);
    assert.deepEqual(totals, { files: 20, features: 20, scenarios: 1020, mistakes: 20 });
    assert.deepEqual(
      mistakes.map(({ file, line, rule }: { file: string; line: number; rule: string }) => [file, line, rule]),
      files.map(([name]) => [name, 203, 'duplicate-scenario']),
    );
  });
});
