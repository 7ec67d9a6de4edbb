import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type ISupportCodeLibrary, loadConfiguration, loadSupport, runCucumber } from '@cucumber/cucumber/api';
import { stepLibraryOf } from './check.js';
import { declaredParameterTypes } from './parameter-type.js';
import { countParameters, declaredStepOf, declaredSteps } from './step.js';
import type { calls as Calls } from './testing/declared.js';

const FIXTURE = fileURLToPath(new URL('./testing/declared.js', import.meta.url));
const SOURCE = fileURLToPath(new URL('../../../support/language/testing/declared.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

describe('a declared step', () => {
  let folder = '';
  let support: ISupportCodeLibrary;
  let calls: typeof Calls;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mirrorspec-step-'));
    const { runConfiguration } = await loadConfiguration(
      { file: false, provided: { import: [FIXTURE] } },
      { cwd: ROOT },
    );
    support = await loadSupport(runConfiguration, { cwd: ROOT });
    // Steps can be declared only while cucumber-js loads them; from here on the module is there.
    ({ calls } = await import('./testing/declared.js'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Runs steps as one scenario; returns the errors' messages. */
  async function run(steps: string): Promise<string[]> {
    calls.length = 0;
    writeFileSync(join(folder, 'a.feature'), `Feature: f\n  Scenario: s\n${steps}\n`);
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const { runConfiguration } = await loadConfiguration(
      { file: false, provided: { paths: [join(folder, 'a.feature')] } },
      { cwd: ROOT },
    );
    const errors: string[] = [];
    await runCucumber({ ...runConfiguration, support }, { cwd: ROOT, stdout: silent }, ({ testStepFinished }) => {
      const exception = testStepFinished?.testStepResult.exception;
      if (exception !== undefined) errors.push(`${exception.type}: ${exception.message}`);
    });
    return errors;
  }

  test('has synonyms with parameters of their own', async () => {
    assert.deepEqual(await run('Given 2 cats over HTTP/1.1\nAnd a cat of 3 KiB\nAnd no cats {at all}'), []);
    assert.deepEqual(calls, [[2, 'HTTP/1.1'], [3072], []]);
  });

  test('gets its table after the parameters', async () => {
    assert.deepEqual(await run('When it is told twice\n| a | b |'), []);
    assert.deepEqual(calls, [['twice', [['a', 'b']]]]);
  });

  test('says what is missing when its table is', async () => {
    assert.deepEqual(await run('When it is told nothing'), [
      'UserError: "a step" needs a data table below the step: what it is told',
    ]);
    assert.deepEqual(calls, []);
  });

  test('is called with undefined where an optional doc string is left out', async () => {
    assert.deepEqual(await run('Then it may say\n"""\nmiau\n"""\nAnd it may say'), []);
    assert.deepEqual(calls, [['miau'], [undefined]]);
  });

  test('fails with its own error, with and without the optional doc string', async () => {
    assert.deepEqual(await run('Then it may say\n"""\nfail\n"""'), ['Error: as told']);
    assert.deepEqual(await run('Then it fails without a text'), ['Error: text: undefined']);
  });

  test('stands, for the registry and for cucumber-js, where its author declared it', () => {
    const lines = readFileSync(SOURCE, 'utf8').split('\n');
    const expected = lines.flatMap((line, index) => (line.startsWith('declareStep(') ? [index + 1] : []));
    assert.deepEqual(
      declaredSteps().map(({ site }) => [site.file, site.line]),
      expected.map((line) => [SOURCE, line]),
    );
    assert.deepEqual(
      declaredParameterTypes().map(({ name, site }) => [name, lines[site.line]?.trim()]),
      [
        ['size', "name: 'size',"],
        ['protocol', "name: 'protocol',"],
      ],
    );
    for (const { uri, line, unwrappedCode } of stepLibraryOf(support).stepDefinitions) {
      assert.equal(uri, 'support/language/testing/declared.ts');
      assert.equal(line, declaredStepOf(unwrappedCode)?.site.line);
    }
  });
});

test('parameters of an expression are counted, escaped braces are not', () => {
  assert.deepEqual(['none', '{int} and {string}', '\\{no} but {}', 'a(n) {x}'].map(countParameters), [0, 2, 1, 1]);
});
