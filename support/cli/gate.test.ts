import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Results } from '../model/results.js';
import { RESULTS_SCHEMA } from '../report/results/results-schema.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep, ExpectationError } from 'mirrorspec';
const step = (expression, key, run) =>
  declareStep({ keyword: 'When', expression, title: expression, description: '-', example: 'When ' + expression, yaml: { key }, run });
step('all is well', 'well', () => {});
step('it falls short', 'short', () => { throw new ExpectationError('sent a, arrived b'); });
`;
const FEATURE = `Feature: orders
  @smoke
  Scenario: is mirrored
    When all is well
`;
const STRICT = `gate: strict
require:
  - { tags: "@smoke", at-least: 2 }
at-most: { failed: 0 }
`;

describe('a gate on the command line', { concurrency: 2 }, () => {
  let project: InlineProject;
  before(() => {
    project = new InlineProject({
      'steps/own.js': STEPS,
      'features/a.feature': FEATURE,
      'features/gates/strict.yaml': STRICT,
      'features/gates/easy.yaml': 'gate: easy\nrequire: [{ scenario: is mirrored }]\nbaseline: { results: old.json }\n',
      'features/gates/broken.yaml': 'gate: broken\nrequire: [{ tags: "@a and" }]\n',
    });
  });
  after(() => project.dispose());

  const results = (): Results => JSON.parse(readFileSync(join(project.path, 'reports/results.json'), 'utf8'));

  test('fails a run that passed but does not reach it, and says why; the results say so, too', async () => {
    const { code, stdout } = await project.mirrorspec('run', '--gate', 'strict');
    assert.equal(
      stdout.slice(stdout.indexOf('\n\nok ')),
      `

ok    features/gates/strict.yaml    every run came to its end, and no part of one is missing: 1 run
FAIL  features/gates/strict.yaml:3  scenarios tagged @smoke pass, at least 2: 1 scenario of them, 1 passed
        the tags select 1, and at least 2 are required
ok    features/gates/strict.yaml:4  at most 0 scenarios failed: 0 of 1

gate strict: 1 of 3 rules does not hold
`,
    );
    assert.equal(code, 1);
    const [run] = results().runs;
    assert.deepEqual([run?.exitCode, run?.verdict, run?.gate?.ok], [1, 'failed', false]);
    assert.ok(new Ajv2020({ strict: true }).validate(RESULTS_SCHEMA, results()));
  });

  test('judges results that are there already, with earlier ones', async () => {
    await project.mirrorspec('run');
    project.write('features/gates/old.json', readFileSync(join(project.path, 'reports/results.json'), 'utf8'));
    const { code, stdout } = await project.mirrorspec('gate', '--policy', 'easy');
    assert.match(stdout, /easy.yaml:3 {2}what passed in features\/gates\/old.json passes: 1 of 1\n/);
    assert.equal(code, 0);
    const strict = await project.mirrorspec(
      'gate',
      'reports/results.json',
      '--policy',
      'features/gates/strict.yaml',
      '--format',
      'json',
    );
    assert.deepEqual([strict.code, JSON.parse(strict.stdout).ok], [1, false]);
    const given = await project.mirrorspec(
      'gate',
      '--policy',
      'strict',
      '--baseline',
      'reports',
      '--format',
      'markdown',
    );
    assert.match(given.stdout, /what passed in reports\/results&#46;json passes/);
  });

  const mistakes: readonly (readonly [args: readonly string[], stderr: string])[] = [
    [
      ['run', '--gate', 'strickt'],
      `error: --gate strickt: there is no gate of that name
  = help: did you mean strict?
  = help: known are: broken, easy, strict
  = help: one of your own is a file: features/gates/strickt.yaml

error: 1 mistake was found, no gate was judged
`,
    ],
    [
      ['gate', '--policy', 'broken'],
      `error: the tag expression cannot be understood: expected operand
 --> features/gates/broken.yaml:2:19
  |
2 | require: [{ tags: "@a and" }]
  |                   ^^^^^^^^
  = help: for example: "@smoke and not (@slow or @wip)"

error: 1 mistake was found, no gate was judged
`,
    ],
    [
      ['gate', 'package.json', '--policy', 'strict'],
      'error: package.json holds no results of mirrorspec: its "$schema" is not "urn:mirrorspec:results"\n',
    ],
    [['gate', 'nowhere.json', '--policy', 'strict'], 'error: nowhere.json cannot be read: there is no such file\n'],
    [
      ['run', '--gate', 'strict', '--shard', '1/2'],
      'error: a gate judges all parts of a run together: leave --gate out here, then\n  `mirrorspec report merge` and `mirrorspec gate`\n',
    ],
    [['run', '--baseline', 'x.json'], 'error: --baseline is for a gate: name it with --gate\n'],
  ];
  for (const [args, stderr] of mistakes) {
    test(`${args.join(' ')} is 2`, async () => {
      assert.deepEqual(await project.mirrorspec(...args), { code: 2, stdout: '', stderr });
    });
  }

  test('that lets a limitation show which nobody declares is a mistake for lint', async () => {
    const other = new InlineProject({
      'steps/own.js': STEPS,
      'features/a.feature': FEATURE,
      'features/gates/soft.yaml':
        'gate: soft\nallow-limitations:\n  - { id: L99, until: 2027-01-31, reason: it is planned }\n',
    });
    try {
      const { code, stdout } = await other.mirrorspec('lint');
      assert.match(stdout, /"?L99"?.*\n +--> features\/gates\/soft.yaml:3\n/);
      assert.equal(code, 2);
    } finally {
      other.dispose();
    }
  });

  test('finds its baseline under a path from the root of the file system, too', async () => {
    const other = new InlineProject({});
    const elsewhere = join(other.path, 'kept', 'then.json');
    other.write('features/gates/later.yaml', `gate: later\nbaseline:\n  results: ${elsewhere}\n`);
    try {
      const { stderr } = await other.mirrorspec('gate', '--policy', 'later');
      assert.match(stderr, /compare with: kept\/then\.json\n/);
    } finally {
      other.dispose();
    }
  });

  test('whose baseline is missing is 2, at its line', async () => {
    const other = new InlineProject({
      'features/gates/later.yaml': 'gate: later\nbaseline:\n  results: then.json\n',
    });
    try {
      const { code, stderr } = await other.mirrorspec('gate', '--policy', 'later');
      assert.equal(
        stderr,
        `error: there are no earlier results to compare with: features/gates/then.json
 --> features/gates/later.yaml:2
  = help: keep the results.json of a good run there, or name one with --baseline <file>

error: 1 mistake was found, no gate was judged
`,
      );
      assert.equal(code, 2);
    } finally {
      other.dispose();
    }
  });
});
