import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_SETTINGS } from '../model/environment-settings.js';
import { UserError } from '../model/errors.js';
import { runParametersOf } from '../model/run-parameters.js';
import { settleEnvironment } from './settle-environment.js';

describe('the environment of plain cucumber-js', () => {
  const start = process.cwd();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mirrorspec-settle-')));
  before(() => {
    mkdirSync(join(folder, 'features/environments'), { recursive: true });
    writeFileSync(join(folder, 'features/environments/ci.yaml'), 'environment: ci\nsettle: 1 s\n');
    writeFileSync(join(folder, 'features/environments/bad.yaml'), 'environment: bad\nsettle: 1\n');
    writeFileSync(join(folder, 'mirrorspec.yaml'), 'proto-path: [protos]\n');
    process.chdir(folder);
  });
  after(() => {
    process.chdir(start);
    rmSync(folder, { recursive: true });
  });

  const settled = async (mirrorspec: unknown) => {
    const parameters = { mirrorspec, own: 1 };
    await settleEnvironment(parameters);
    assert.equal(parameters.own, 1);
    return runParametersOf(parameters);
  };

  it('is the default without any parameters', async () => {
    const parameters = {};
    await settleEnvironment(parameters);
    assert.deepEqual(runParametersOf(parameters).environment, DEFAULT_SETTINGS);
  });

  it('is the one that is named; other parameters stay as they are', async () => {
    const { environment, keep, evidenceDir, protoPath } = await settled({
      environment: 'ci',
      keep: true,
      evidenceDir: 'out',
    });
    assert.equal(environment.settleMs, 1000);
    assert.deepEqual([keep, evidenceDir, protoPath], [true, join(folder, 'out'), [join(folder, 'protos')]]);
  });

  it('is left alone where it is there already, as in `mirrorspec run`', async () => {
    const own = { ...DEFAULT_SETTINGS, name: 'given' };
    assert.equal((await settled({ environment: own })).environment.name, 'given');
  });

  it('ends the run with all mistakes where it cannot be had', async () => {
    await assert.rejects(settled({ environment: 'bad' }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /a duration is needed here, and this is the number 1\n --> features\/environments\/bad\.yaml:2:9/,
      );
      return true;
    });
    await assert.rejects(settled({ environment: 'cii' }), /there is no environment of that name/);
  });
});
