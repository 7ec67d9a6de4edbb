import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareParameterType, declareStep } from 'mirrorspec';
declareParameterType({
  name: 'fruit', values: ['apple', 'apple pie', 'kiwi'], description: 'Something to eat.', transform: (name) => name,
});
declareStep({
  keyword: 'Then', expression: ['the {fruit} is eaten', 'somebody eats the {fruit}'], title: 'eating fruit',
  description: 'Checks that nothing is left.', example: 'Then the apple pie is eaten',
  parameters: [{ name: 'fruit', description: 'what is eaten' }], run() {},
});
`;

describe('mirrorspec', { concurrency: 2 }, () => {
  let project: InlineProject;
  before(() => {
    project = new InlineProject({ 'steps/meals.js': STEPS });
  });
  after(() => project.dispose());

  test('--version prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8'));
    assert.deepEqual(await project.mirrorspec('--version'), { code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('--help lists the commands and the exit codes', async () => {
    const { code, stdout } = await project.mirrorspec('--help');
    for (const word of ['run', 'doctor', 'steps', 'clean', 'Exit codes:', '130'])
      assert.ok(stdout.includes(word), word);
    assert.equal(code, 0);
  });

  const mistakes: readonly (readonly [args: readonly string[], stderr: string])[] = [
    [['rum'], "error: unknown command 'rum'\n(Did you mean run?)\n"],
    [['run', '--tag', '@a'], "error: unknown option '--tag'\n(Did you mean --tags?)\n"],
    [
      ['run', '--parallel', 'x'],
      `error: option '-p, --parallel <n>' argument 'x' is invalid. It must be a whole number from 1 on, or "auto".\n`,
    ],
    [
      ['run', '--retry', '-1'],
      "error: option '--retry <n>' argument '-1' is invalid. It must be a whole number from 0 on.\n",
    ],
    [
      ['run', '--name', '('],
      "error: option '-n, --name <regexp>' argument '(' is invalid. It is not a regular expression.\n",
    ],
    [
      ['run', '--environment', 'embeded'],
      `error: --environment embeded: there is no environment of that name
  = help: did you mean embedded?
  = help: known are: embedded, embedded-permissive, kubernetes
  = help: one of your own is a file: features/environments/embeded.yaml

error: 1 mistake was found, nothing was run
`,
    ],
    [['steps', 'zebra'], 'error: no step contains "zebra"; `mirrorspec steps` lists all of them\n'],
  ];
  for (const [args, stderr] of mistakes) {
    test(`${args.join(' ')} is 2`, async () => {
      assert.deepEqual(await project.mirrorspec(...args), { code: 2, stdout: '', stderr });
    });
  }

  test('steps finds the steps and parameter types in which all words occur', async () => {
    const { code, stdout } = await project.mirrorspec('steps', 'EATEN', 'nothing');
    assert.equal(
      stdout,
      `meals
  Then  the {fruit} is eaten
  Then  somebody eats the {fruit}
        eating fruit

parameter types
  {fruit} Something to eat.
          apple, apple pie, kiwi
`,
    );
    assert.equal(code, 0);
  });

  test('steps --format json says where a step is declared', async () => {
    const { stdout } = await project.mirrorspec('steps', 'eating', '--format', 'json');
    const { steps, parameterTypes } = JSON.parse(stdout);
    assert.deepEqual(steps, [
      {
        theme: 'meals',
        keyword: 'Then',
        expressions: ['the {fruit} is eaten', 'somebody eats the {fruit}'],
        title: 'eating fruit',
        description: 'Checks that nothing is left.',
        example: 'Then the apple pie is eaten',
        parameters: [{ name: 'fruit', description: 'what is eaten' }],
        yaml: [],
        declaredAt: 'steps/meals.js:5',
      },
    ]);
    assert.deepEqual(
      parameterTypes.map(({ regexps }: { regexps: unknown }) => regexps),
      [['apple pie|apple|kiwi']],
    );
  });

  test('doctor --format json has one entry for each requirement, and 3 when one is not met', async () => {
    const { code, stdout } = await project.mirrorspec('doctor', '--format', 'json');
    const { environment, ok, requirements } = JSON.parse(stdout);
    assert.equal(environment, 'embedded');
    assert.ok(requirements.length > 5);
    assert.equal(
      ok,
      requirements.every((requirement: { ok: boolean }) => requirement.ok),
    );
    assert.equal(code, ok ? 0 : 3);
  });

  test('clean leaves nothing to clean', async () => {
    const { code } = await project.mirrorspec('clean');
    assert.equal(code, 0);
  });
});
