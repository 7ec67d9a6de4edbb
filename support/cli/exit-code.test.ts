import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ScenarioResult, StepFailure } from '../report/tally.js';
import { exitCodeOf } from './exit-code.js';

const failure = (type: string): StepFailure => ({ step: 'When x', type, message: 'm', stack: [] });
const scenario = (...types: readonly string[]): ScenarioResult => ({
  name: 's',
  location: 'a.feature:1',
  status: types.length > 0 ? 'failed' : 'passed',
  attempt: 1,
  willBeRetried: false,
  durationMs: 1,
  failures: types.map(failure),
  limitations: [],
});
const lost = { name: 's', location: 'a.feature:1' };
const finished = { success: true, interrupted: false };
const failed = { success: false, interrupted: false };

const cases = [
  ['all passed', [scenario()], [], [], finished, 0],
  ['an expectation failed', [scenario(), scenario('ExpectationError')], [], [], failed, 1],
  ['any other error', [scenario('TypeError')], [], [], failed, 1],
  ['wrong input', [scenario('ExpectationError'), scenario('UserError')], [], [], failed, 2],
  ['no environment', [scenario('UserError'), scenario('EnvironmentError')], [], [], failed, 3],
  ['a hook of the run finds no environment', [], [lost], [failure('EnvironmentError')], failed, 3],
  ['a hook of the run fails', [], [lost], [failure('Error')], failed, 1],
  ['a worker was lost', [scenario('ExpectationError')], [lost], [], failed, 4],
  ['the reports could not be written', [scenario()], [], [], failed, 4],
  ['interrupted', [scenario('InterruptedError')], [lost], [], { success: false, interrupted: true }, 130],
] as const;

for (const [name, results, unfinished, runFailures, end, expected] of cases) {
  test(`${name}: ${expected}`, () => {
    assert.equal(exitCodeOf({ results, unfinished, runFailures }, end), expected);
  });
}
