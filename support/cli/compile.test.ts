import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Ended, InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep } from 'mirrorspec';
declareStep({
  keyword: 'Then', expression: 'the cat sleeps {int} time(s)', title: 'sleeping', description: 'Sleeps.',
  example: 'Then the cat sleeps 2 times', parameters: [{ name: 'count', description: 'how often' }],
  yaml: { key: 'sleeps' }, run() {},
});
`;
const GHERKIN = `Feature: Cats

  Scenario Outline: <n> naps
    Given an Istio mesh
    # at last
    Then the cat sleeps <n> times

    Examples:
      | n |
      | 2 |
      | 3 |
`;
const YAML = `feature: Cats

scenarios:
  - scenario: <n> naps
    matrix: { n: [2, 3] }
    given:
      - mesh: istio
    then:
      # at last
      - sleeps: <n>
`;

describe('mirrorspec compile', { concurrency: 2 }, () => {
  let project: InlineProject;
  before(() => {
    project = new InlineProject({
      'steps/cats.js': STEPS,
      'schemas/feature.schema.json': '{}',
      'cats.feature': GHERKIN,
      'cats.yaml': YAML,
      'many/sub/cats.yaml': YAML,
      'many/two.yml': 'feature: one\n---\nfeature: two\nscenarios: [{ scenario: a, then: [{ sleeps: 1 }] }]\n',
      'many/environments/here.yaml': 'kind: embedded\n',
      'features/cats.feature': GHERKIN,
      'wrong/a.yaml': 'feature: a\nscenarios:\n  - scenario: b\n    then:\n      - sleeps: often\n',
      'wrong/a.feature': 'Feature: a\n  Scenario: b\n    Then c\n    Thn d\n',
      'strict/a.feature': `Feature: a
  Scenario Outline: b
    Then the cat sleeps <n> times
    Examples:
      | n | why     |
      | 1 | because |
`,
      'same/a.feature': GHERKIN,
      'same/a.feature.md': '# Feature: a\n\n## Scenario: b\n\n* Then the cat sleeps 1 time\n',
    });
  });
  after(() => project.dispose());
  const read = (path: string): string => readFileSync(join(project.path, path), 'utf8');

  test('shows a YAML feature as Gherkin', async () => {
    assert.deepEqual(await project.mirrorspec('compile', 'cats.yaml'), {
      code: 0,
      stdout: `Feature: Cats

  Scenario Outline: <n> naps
    Given an Istio mesh
    Then the cat sleeps <n> times

    Examples:
      | n |
      | 2 |
      | 3 |
`,
      stderr: '',
    });
  });

  test('--to yaml turns Gherkin into YAML, with the actions of own steps and the schema of the project', async () => {
    assert.deepEqual(await project.mirrorspec('compile', '--to', 'yaml', 'cats.feature'), {
      code: 0,
      stdout: `# yaml-language-server: $schema=schemas/feature.schema.json\n${YAML}`,
      stderr: '',
    });
  });

  test('several features are told apart by the names of their files', async () => {
    const { stdout } = await project.mirrorspec('compile', 'many', 'cats.yaml');
    assert.deepEqual(stdout.match(/^(#|Feature:) .*/gm), [
      '# many/sub/cats.yaml',
      'Feature: Cats',
      '# many/two.yml',
      'Feature: one',
      '# many/two.yml',
      'Feature: two',
      '# cats.yaml',
      'Feature: Cats',
    ]);
    const yaml = await project.mirrorspec('compile', '--to', 'yaml', 'cats.feature', 'features');
    const document = (name: string, schema: string): string =>
      `# ${name}\n# yaml-language-server: $schema=${schema}\n${YAML}`;
    assert.equal(
      yaml.stdout,
      `${document('cats.feature', 'schemas/feature.schema.json')}---\n${document('features/cats.feature', '../schemas/feature.schema.json')}`,
    );
  });

  test('--out writes files, each feature into its own, and overwrites with --force only', async () => {
    const names = 'out/sub/cats.feature\nout/two.feature\nout/two-2.feature\n';
    const compile = (...more: readonly string[]): Promise<Ended> =>
      project.mirrorspec('compile', 'many', '--out', 'out', ...more);
    const stderr = 'checked: 3 scenarios of 2 files, the same in both languages\n';
    assert.deepEqual(await compile('--check'), { code: 0, stdout: names, stderr });
    assert.equal(read('out/two-2.feature').split('\n')[0], 'Feature: two');
    project.write('out/two.feature', 'mine');
    assert.deepEqual(await compile(), {
      code: 2,
      stdout: '',
      stderr: `error: "out/sub/cats.feature" exists already
  = help: --force overwrites it

error: "out/two.feature" exists already
  = help: --force overwrites it

error: "out/two-2.feature" exists already
  = help: --force overwrites it

error: 3 mistakes were found, nothing was written
`,
    });
    assert.equal(read('out/two.feature'), 'mine');
    assert.equal((await compile('--force')).code, 0);
    assert.equal(read('out/two.feature'), 'Feature: one\n');
  });

  test('--check compiles the YAML that was written', async () => {
    const { code, stdout, stderr } = await project.mirrorspec('compile', '--to', 'yaml', '--check', '--out', 'yaml');
    assert.deepEqual([code, stdout], [0, 'yaml/cats.yaml\n']);
    assert.equal(stderr, 'checked: 2 scenarios of 1 file, the same in both languages\n');
    assert.equal(
      read('yaml/cats.yaml').split('\n')[0],
      '# yaml-language-server: $schema=../schemas/feature.schema.json',
    );
  });

  const mistakes: readonly (readonly [args: readonly string[], stderr: string])[] = [
    [
      ['cats.feature'],
      `error: "cats.feature" is Gherkin already
  = help: it is turned into YAML by: mirrorspec compile --to yaml cats.feature
`,
    ],
    [
      ['--to', 'yaml', 'cats.yaml'],
      'error: "cats.yaml" is YAML already\n  = help: it is shown as Gherkin by: mirrorspec compile cats.yaml\n',
    ],
    [
      [],
      `error: there is no YAML feature in "features"
  = help: Gherkin features are turned into YAML by: mirrorspec compile --to yaml
`,
    ],
    [['--to', 'yaml', 'many'], 'error: there is no Gherkin feature in "many"\n'],
    [['nowhere'], 'error: there is no file or folder "nowhere"\n'],
    [
      ['steps/cats.js'],
      'error: "steps/cats.js" is not a feature\n  = help: the names of such features end in .yaml or .yml\n',
    ],
    [
      ['many/environments/here.yaml'],
      'error: "many/environments/here.yaml" holds an environment, not features: its place says so\n',
    ],
    [
      ['wrong'],
      `error: "sleeps" is a whole number, and "often" is text
 --> wrong/a.yaml:5:17
  |
5 |       - sleeps: often
  |                 ^^^^^
`,
    ],
    [
      ['--to', 'yaml', 'wrong', '--out', 'never'],
      `error: unexpected "Thn d"
 --> wrong/a.feature:4:5
  |
4 |     Thn d
  |     ^
  = help: expected here: the end of the file, a table row, """, a step, tags, "Examples:", "Scenario:" or "Rule:"
`,
    ],
    [
      ['--to', 'yaml', 'strict'],
      `error: the scenario never uses the column "why"
 --> strict/a.feature:6:7
  |
6 |       | 1 | because |
  |       ^^^^^^^^^^^^^^^
  = note: YAML features are checked more strictly than Gherkin
  = help: write <why> where its value belongs, in the scenario's name or in a step; or remove the column
`,
    ],
    [
      ['--to', 'yaml', 'same', '--out', 'never'],
      `error: "same/a.feature" and "same/a.feature.md" would both become "never/a.yaml"
  = help: compile them into different folders
`,
    ],
  ];
  for (const [args, stderr] of mistakes) {
    test(`compile ${args.join(' ')} is 2`, async () => {
      assert.deepEqual(await project.mirrorspec('compile', ...args), {
        code: 2,
        stdout: '',
        stderr: `${stderr}\nerror: 1 mistake was found, nothing was written\n`,
      });
      assert.equal(existsSync(join(project.path, 'never')), false);
    });
  }
});
