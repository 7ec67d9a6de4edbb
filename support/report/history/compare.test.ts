import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Chalk } from 'chalk';
import type { Results } from '../../model/results.js';
import { sourceOf } from '../results/write-results.js';
import { resultsWith, type SyntheticScenario } from '../testing/synthetic-results.js';
import { compareResults } from './compare.js';
import { describeResults } from './described-run.js';
import { type Diff, diffJson, diffMarkdown, diffText } from './diff-text.js';
import { differencesOf, isRegression } from './differences.js';

function diffOf(before: Results, now: Results, slowerBy?: number): Diff {
  const differences = differencesOf(compareResults(sourceOf(before), sourceOf(now)), slowerBy);
  return { before: describeResults(before), now: describeResults(now), differences };
}

const text = (diff: Diff): string => diffText(diff, new Chalk({ level: 0 }));
const of = (...scenarios: readonly SyntheticScenario[]): Results => resultsWith(scenarios);

describe('the difference of two results', () => {
  it('is told by kind, worst first, each scenario as it is and as it was', () => {
    const diff = diffOf(
      of(
        { name: 'breaks' },
        { name: 'is mended', state: 'fail' },
        { name: 'is lost', state: 'pass' },
        { name: 'is skipped' },
        { name: 'is limited' },
        { name: 'stays red', state: 'fail' },
        { name: 'trembles' },
      ),
      of(
        { name: 'breaks', state: 'fail', error: 'sent a, arrived b\nmore' },
        { name: 'is mended' },
        { name: 'is skipped', state: 'not-tested', reason: 'the run was interrupted' },
        { name: 'is limited', known: ['L4'] },
        { name: 'stays red', state: 'fail' },
        { name: 'trembles', state: 'flaky' },
        { name: 'is new' },
        { name: 'is new and red', state: 'fixed' },
      ),
    );
    assert.equal(
      text(diff),
      `then  2026-11-22 10:00  embedded  c0ffee0000  7 scenarios: 5 passed, 2 failed
now   2026-11-22 10:00  embedded  c0ffee0000  8 scenarios: 3 passed, 3 failed, 1 of them flaky, 1 known limitation, 1 not tested

newly red (2)
  features/a.feature:3  breaks (embedded) — failed: sent a, arrived b; then: passed
  features/a.feature:73  is new and red (embedded) — new: failed: nothing arrived

newly untested (1)
  features/a.feature:23  is skipped (embedded) — not tested: the run was interrupted; then: passed

newly limited (1)
  features/a.feature:33  is limited (embedded) — known limitation L4; then: passed

newly flaky (1)
  features/a.feature:53  trembles (embedded) — flaky: it passed only when it was tried again; then: passed

newly green (1)
  features/a.feature:13  is mended (embedded) — passed; then: failed: nothing arrived

new scenarios (1)
  features/a.feature:63  is new (embedded) — passed

removed, or not chosen (1)
  features/a.feature:23  is lost (embedded) — then: passed

regression: 2 newly red, 1 newly untested, 1 newly limited; 6 scenarios compared
`,
    );
    assert.equal(isRegression(diff.differences), true);
    assert.match(diffMarkdown(diff), /^### ❌ regression/);
    const json = JSON.parse(diffJson(diff));
    assert.deepEqual([json.regression, json.newlyRed.length, json.now.failed], [true, 2, 3]);
  });

  it('is no regression where nothing has become worse', () => {
    const same = of({ name: 'a' }, { name: 'b', state: 'fail' }, { name: 'c', known: ['L4'] });
    assert.match(text(diffOf(same, same)), /\n\nno regression, 3 scenarios compared\n$/);
    const better = diffOf(same, of({ name: 'a' }, { name: 'b' }, { name: 'c' }, { name: 'd', known: ['L5'] }));
    assert.equal(isRegression(better.differences), false);
  });

  it('tells what became slower, by half and by more than noise; a slower machine is told once', () => {
    const times = (...all: readonly number[]): Results =>
      of(...all.map((durationMs, index) => ({ name: `s${index}`, durationMs })));
    const then = times(1000, 1000, 1000, 1000, 1000, 100);
    assert.equal(isRegression(diffOf(then, times(1400, 1000, 1000, 1000, 1000, 300)).differences), false);
    assert.match(
      text(diffOf(then, times(1000, 1700, 1000, 1000, 1000, 100))),
      /slower \(1\)\n.*s1 .* 1.70 s; then: 1.00 s/,
    );
    assert.equal(isRegression(diffOf(then, times(1000, 1700, 1000, 1000, 1000, 100), 80).differences), false);
    const everything = text(diffOf(then, times(2000, 2100, 2000, 2000, 2200, 200)));
    assert.match(
      everything,
      /slower \(1\)\n {2}the run as a whole: half of the scenarios took 2.00 times as long, or more\n\n/,
    );
  });

  it('compares environments with each other only where there is one on either side, and says so', () => {
    const embedded = of({ name: 'a' });
    const cluster = resultsWith([{ name: 'a', state: 'fail' }], {
      environment: { name: 'staging', kind: 'kubernetes' },
    });
    const across = diffOf(embedded, cluster);
    assert.match(text(across), /different environments, .*: then embedded, now staging\n\nnewly red \(1\)/);
    const both: Results = {
      ...embedded,
      runs: [...embedded.runs, { ...(cluster.runs[0] as Results['runs'][number]), id: 'run-2' }],
      scenarios: [...embedded.scenarios, ...cluster.scenarios.map((each) => ({ ...each, run: 'run-2' }))],
    };
    const diff = diffOf(embedded, both);
    assert.equal(diff.differences.across, undefined);
    assert.match(text(diff), /newly red \(1\)\n.*a \(staging\) — new: failed/);
  });

  it('quotes payloads without letting them act', () => {
    const hostile = '<img src=x onerror=alert(1)> | `x` @team #1 \u001b[31m\u202e www.example.com';
    const diff = diffOf(of({ name: 'a' }), of({ name: 'a', state: 'fail', error: hostile }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
    assert.doesNotMatch(text(diff), /[\u001b\u202e]/);
    const markdown = diffMarkdown(diff);
    for (const acting of ['<img', '`x`', '@team', '#1 ', 'www.example', ' | &'])
      assert.ok(!markdown.includes(acting), acting);
  });
});
