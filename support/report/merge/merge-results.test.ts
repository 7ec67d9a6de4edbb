import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';
import { UserError } from '../../model/errors.js';
import type { Results } from '../../model/results.js';
import { RESULTS_SCHEMA } from '../results/results-schema.js';
import { attemptWith, resultsWith, type SyntheticScenario } from '../testing/synthetic-results.js';
import { mergeResults } from './merge-results.js';

const validate = new Ajv2020({ strict: true }).compile(RESULTS_SCHEMA);
const CLUSTER = { environment: { name: 'staging', kind: 'kubernetes' } } as const;

function run(
  id: string,
  scenarios: readonly SyntheticScenario[],
  more: Parameters<typeof resultsWith>[1] = {},
): Results {
  return resultsWith(scenarios, { id, startedAt: `2026-11-22T10:00:0${id.slice(-1)}.000Z`, ...more });
}

function merged(...all: readonly Results[]): Results {
  const results = mergeResults(all.map((each, index) => ({ shown: `${index}/results.json`, results: each })));
  assert.ok(validate(results), JSON.stringify(validate.errors?.slice(0, 2)));
  return results;
}

const shown = ({ scenarios }: Results): string[] =>
  scenarios.map(({ id, run: of, state, attempts }) => `${id} of ${of}: ${state}, ${attempts.length}`);

describe('merged results', () => {
  it('have the scenarios of every shard, in the order of their features, and all runs', () => {
    const results = merged(
      run('r2', [{ name: 'b', line: 9 }]),
      run('r1', [
        { name: 'c', line: 20 },
        { name: 'a', state: 'fail', line: 3 },
      ]),
    );
    assert.deepEqual(shown(results), ['a of r1: fail, 1', 'b of r2: pass, 1', 'c of r1: pass, 1']);
    assert.deepEqual(
      results.runs.map(({ id }) => id),
      ['r1', 'r2'],
    );
    assert.deepEqual([results.counts.pass, results.counts.fail, results.features.length], [2, 1, 1]);
  });

  it('keep environments apart: the same scenario stays two, with ids of their own', () => {
    const embedded = run('r1', [{ name: 'a' }, { name: 'b', line: 20 }]);
    const both = merged(embedded, run('r2', [{ name: 'a', state: 'fail' }], CLUSTER));
    assert.deepEqual(shown(both), ['a--embedded of r1: pass, 1', 'a--staging of r2: fail, 1', 'b of r1: pass, 1']);
    const again = merged(both, run('r3', [{ name: 'b', line: 20 }], CLUSTER));
    assert.deepEqual(shown(again).slice(2), ['b--embedded of r1: pass, 1', 'b--staging of r3: pass, 1']);
  });

  it('take the same scenario in the same environment for one that was tried again', () => {
    const at = (second: number, status: 'passed' | 'failed') =>
      attemptWith(status, { startedAt: `2026-11-22T10:00:0${second}.000Z` });
    const failed = run('r1', [{ name: 'a', state: 'fail', attempts: [at(1, 'failed')] }]);
    const passed = run('r2', [{ name: 'a', state: 'pass', attempts: [at(2, 'passed')] }]);
    for (const results of [merged(failed, passed), merged(passed, failed)]) {
      assert.deepEqual(shown(results), ['a of r2: flaky, 2']);
      assert.deepEqual(
        results.scenarios[0]?.attempts.map(({ number, status }) => [number, status]),
        [
          [1, 'failed'],
          [2, 'passed'],
        ],
      );
      assert.equal(results.counts.flaky, 1);
    }
    const worse = run('r3', [{ name: 'a', state: 'fail', attempts: [at(3, 'failed')] }]);
    assert.deepEqual(shown(merged(passed, worse)), ['a of r3: fail, 2']);
    const same = run('r4', [{ name: 'a', state: 'pass', attempts: [at(4, 'passed')] }]);
    assert.deepEqual(shown(merged(passed, same)), ['a of r4: pass, 2']);
  });

  it('do not count one that fell short as known, or could not run, as passed or failed', () => {
    const at = (second: number) => ({ startedAt: `2026-11-22T10:00:0${second}.000Z` });
    const known = run('r1', [{ name: 'a', state: 'known-limitation', attempts: [attemptWith('known', at(2))] }]);
    const before = run('r0', [{ name: 'a', state: 'fail', attempts: [attemptWith('failed', at(1))] }]);
    const passed = run('r2', [{ name: 'a' }]);
    const failed = run('r3', [{ name: 'a', state: 'fail' }]);
    const skipped = run('r4', [{ name: 'a', state: 'not-applicable' }]);
    assert.match(shown(merged(known, before)).join(), /^a of r1: known-limitation/);
    assert.match(shown(merged(passed, skipped)).join(), /^a of r2: pass/);
    assert.match(shown(merged(failed, skipped)).join(), /^a of r3: fail/);
  });

  it('cannot be of one environment under different settings', () => {
    const of = (id: string, version: string): Results => {
      const results = run(id, [{ name: 'a' }]);
      const [only] = results.runs;
      const settings = { ...DEFAULT_SETTINGS, mirror: { ...DEFAULT_SETTINGS.mirror, version } };
      return {
        ...results,
        runs: only === undefined ? [] : [{ ...only, environment: { ...only.environment, settings } }],
      };
    };
    merged(of('r1', '3.150.0'), of('r2', '3.150.0'));
    assert.throws(
      () => merged(of('r1', '3.150.0'), of('r2', '3.250.0')),
      /of the environment embedded, with different settings/,
    );
  });

  it('have a scenario decided where one run did not get to it', () => {
    const interrupted = run('r9', [{ name: 'a', state: 'not-tested', reason: 'the run was interrupted' }]);
    assert.deepEqual(shown(merged(interrupted, run('r1', [{ name: 'a' }]))), ['a of r1: pass, 1']);
    assert.deepEqual(shown(merged(interrupted)), ['a of r9: not-tested, 0']);
  });

  it("say where each run's evidence is, also when they are merged once more", () => {
    const evidence = { folder: 'evidence/a-1', files: [{ name: 'lo.pcapng', bytes: 3 }] };
    const attempts = [attemptWith('passed', { evidence: 'evidence/a-1' })];
    const once = merged(run('r1', [{ name: 'a', evidence, attempts }]), run('r2', [{ name: 'b' }]));
    const twice = merged(once, run('r3', [{ name: 'c' }]));
    for (const { scenarios } of [once, twice]) {
      assert.equal(scenarios[0]?.evidence?.folder, 'evidence/r1/a-1');
      assert.equal(scenarios[0]?.attempts[0]?.evidence, 'evidence/r1/a-1');
    }
  });

  it('cannot be made of the same run twice, or of features that differ', () => {
    const one = run('r1', [{ name: 'a' }]);
    assert.throws(
      () => merged(one, one),
      new UserError('0/results.json and 1/results.json hold the same run, r1: name it once'),
    );
    const [feature] = one.features;
    const other: Results = {
      ...run('r2', [{ name: 'a' }]),
      features: [{ ...(feature as Results['features'][number]), name: 'another' }],
    };
    assert.throws(
      () => merged(one, other),
      /features\/a.feature is not the same in 0\/results.json and 1\/results.json/,
    );
  });
});
