import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { PACKAGE_ROOT } from './project.js';
import { InlineProject } from './testing/inline-project.js';

const STEPS = `import { declareStep } from 'mirrorspec';
declareStep({
  keyword: 'Given', expression: 'a cat of {int} year(s)', title: 'a cat', description: 'A cat.', example: 'Given a cat of 3 years',
  parameters: [{ name: 'years', description: 'its age', schema: { minimum: 0 } }], yaml: { key: 'cat' }, run() {},
});
`;

describe('mirrorspec schema', { concurrency: 2 }, () => {
  let project: InlineProject;
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-schemas-'));
  before(() => {
    project = new InlineProject({ 'steps/own.js': STEPS });
  });
  after(() => {
    project.dispose();
    rmSync(folder, { recursive: true });
  });

  test("the schema of features knows the project's own steps beside those of mirrorspec", async () => {
    const { code, stdout } = await project.mirrorspec('schema', 'feature');
    assert.equal(code, 0);
    const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
      JSON.parse(stdout),
    );
    const feature = (given: unknown) => ({
      feature: 'f',
      scenarios: [{ scenario: 's', given: [given], when: [{ step: 'x' }] }],
    });
    assert.deepEqual(
      [{ cat: 3 }, { mesh: 'istio' }, { cat: -1 }, { dog: 3 }].map((given) => validate(feature(given))),
      [true, true, false, false],
    );
  });

  test('the schemas of settings and results are those that the package has', async () => {
    for (const kind of ['environment', 'limitation', 'gate', 'project', 'results', 'conformance']) {
      const { stdout } = await project.mirrorspec('schema', kind);
      const shipped = readFileSync(join(PACKAGE_ROOT, `schemas/${kind}.schema.json`), 'utf8');
      assert.deepEqual(JSON.parse(stdout), JSON.parse(shipped));
    }
  });

  test('--out writes all of them, or the one that is named', async () => {
    const { code, stdout } = await project.mirrorspec('schema', '--out', join(folder, 'all/of/them'));
    const names = ['conformance', 'environment', 'feature', 'gate', 'limitation', 'project', 'results'].map(
      (kind) => `${kind}.schema.json`,
    );
    assert.deepEqual(readdirSync(join(folder, 'all/of/them')), names);
    assert.equal(stdout.trim().split('\n').length, 7);
    assert.equal(code, 0);
    await project.mirrorspec('schema', 'gate', '--out', join(folder, 'one'));
    assert.deepEqual(readdirSync(join(folder, 'one')), ['gate.schema.json']);
  });

  test('what it cannot do is 2', async () => {
    const nothing = await project.mirrorspec('schema');
    assert.deepEqual(nothing, {
      code: 2,
      stdout: '',
      stderr:
        'error: name a kind (feature, environment, limitation, gate, project, results, conformance), or a folder for all of them with --out\n',
    });
    const unknown = await project.mirrorspec('schema', 'gates');
    assert.match(
      unknown.stderr,
      /Allowed choices are feature, environment, limitation, gate, project, results, conformance/,
    );
    assert.equal(unknown.code, 2);
    const file = await project.mirrorspec('schema', 'gate', '--out', 'package.json');
    assert.match(file.stderr, /^error: the schemas cannot be written to package\.json: EEXIST/);
    assert.equal(file.code, 2);
  });
});
