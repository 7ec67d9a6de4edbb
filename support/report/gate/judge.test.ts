import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Chalk } from 'chalk';
import type { Gate, GateReport } from '../../model/gate.js';
import type { Results } from '../../model/results.js';
import { RESULTS_SCHEMA } from '../results/results-schema.js';
import { sourceOf } from '../results/write-results.js';
import { resultsWith, type SyntheticScenario } from '../testing/synthetic-results.js';
import type { BaselineRule } from './baseline.js';
import { gateMarkdown } from './gate-markdown.js';
import { gateText } from './gate-text.js';
import { judge } from './judge.js';

const NOTHING: Gate = { name: 'release', file: 'features/gates/release.yaml', require: [], atMost: [], cells: [] };
const TODAY = '2026-11-22';
const ANY_CELL = { environments: [], mtls: [], interactions: ['unary'], interfaces: [], profiles: [] } as const;

function judged(
  results: Results,
  rules: Partial<Gate>,
  options: { readonly today?: string; readonly baseline?: BaselineRule } = {},
): GateReport {
  return judge(sourceOf(results), { ...NOTHING, ...rules }, { today: TODAY, ...options });
}

/** The rules that do not hold, with why. */
function broken(report: GateReport): string[] {
  return report.outcomes
    .filter(({ ok }) => !ok)
    .map(({ line, rule, found, because }) =>
      [`${line ?? '-'}: ${rule}: ${found}`, ...because.map(({ location = '', text }) => `  ${location} ${text}`)].join(
        '\n',
      ),
    );
}

const of = (...scenarios: readonly SyntheticScenario[]): Results => resultsWith(scenarios);
const baseline = (results: Results, rule: Partial<BaselineRule> = {}): BaselineRule => ({
  line: 30,
  shown: 'old.json',
  results: sourceOf(results),
  ...rule,
});

describe('a gate', () => {
  it('lets through what every rule of it holds for', () => {
    const report = judged(of({ name: 'a', tags: ['@smoke'], cells: [{}] }, { name: 'b', known: ['L4'], cells: [{}] }), {
      require: [
        { kind: 'tags', expression: '@smoke and not @wip', atLeast: 1, line: 4 },
        { kind: 'scenario', name: 'a', line: 5 },
      ],
      allowLimitations: { line: 6, allowed: [{ id: 'L4', until: TODAY, reason: 'an upgrade is planned', line: 7 }] },
      atMost: [{ count: 'failed', most: 0, line: 8 }],
      cells: [{ ...ANY_CELL, meshes: ['istio'], protocols: ['HTTP/2'], states: ['pass', 'known-limitation'], line: 9 }],
    });
    assert.deepEqual(broken(report), []);
    assert.equal(report.ok, true);
    assert.equal(
      gateText(report, new Chalk({ level: 0 })),
      `ok    features/gates/release.yaml    every run came to its end, and no part of one is missing: 1 run
ok    features/gates/release.yaml:4  scenarios tagged @smoke and not @wip pass, at least 1: 1 scenario of them, 1 passed
ok    features/gates/release.yaml:5  scenario "a" passes: 1 of 1 passed
ok    features/gates/release.yaml:7  limitation L4 may show until 2026-11-22 (an upgrade is planned): it showed in 1 scenario
ok    features/gates/release.yaml:6  no other known limitation shows: none does
ok    features/gates/release.yaml:8  at most 0 scenarios failed: 0 of 2
ok    features/gates/release.yaml:9  1 cell of the matrix: pass or known-limitation: all of them are

gate release: all 7 rules hold
`,
    );
  });

  it('says which rule does not hold, where it stands, and by which scenarios', () => {
    const report = judged(of({ name: 'a', state: 'fail', error: 'sent 1\nmore' }, { name: 'b' }), {
      atMost: [{ count: 'failed', most: 0, line: 8 }],
    });
    assert.equal(
      gateText(report, new Chalk({ level: 0 })),
      `ok    features/gates/release.yaml    every run came to its end, and no part of one is missing: 1 run
FAIL  features/gates/release.yaml:8  at most 0 scenarios failed: 1 of 2
        features/a.feature:3  a (embedded) — failed: sent 1

gate release: 1 of 2 rules does not hold
`,
    );
    assert.match(gateMarkdown(report), /^### ❌ Gate release: 1 of 2 rules broken$/m);
  });

  it('wants tagged scenarios to have run and passed, and so many of them', () => {
    const results = of(
      { name: 'a', tags: ['@smoke'] },
      { name: 'b', tags: ['@smoke'], state: 'flaky' },
      { name: 'c', tags: ['@smoke'], state: 'not-applicable', reason: 'redirect has no listen interface' },
      { name: 'd', tags: ['@smoke'], known: ['L4'] },
      { name: 'e', tags: ['@other'], state: 'fail' },
    );
    const tags = (expression: string, atLeast: number) =>
      broken(judged(results, { require: [{ kind: 'tags', expression, atLeast, line: 4 }] }));
    assert.deepEqual(tags('@smoke', 1), [
      `4: scenarios tagged @smoke pass, at least 1: 4 scenarios of them, 2 passed
  features/a.feature:23 c (embedded) — not applicable: redirect has no listen interface
  features/a.feature:33 d (embedded) — known limitation L4`,
    ]);
    assert.deepEqual(tags('@none', 1), [
      `4: scenarios tagged @none pass, at least 1: 0 scenarios of them
   the tags select 0, and at least 1 are required`,
    ]);
    assert.deepEqual(tags('@other', 2).length, 1);
  });

  it('wants a scenario by its name, an outline with all its rows, and says which name may be meant', () => {
    const results = of(
      { name: 'a HTTP/2 call is mirrored', outline: 'a <protocol> call is mirrored' },
      {
        name: 'a TCP call is mirrored',
        outline: 'a <protocol> call is mirrored',
        state: 'not-tested',
        reason: 'it did not run',
      },
    );
    const named = (name: string, file?: string) =>
      broken(
        judged(results, { require: [{ kind: 'scenario', name, ...(file === undefined ? {} : { file }), line: 5 }] }),
      );
    assert.deepEqual(named('a HTTP/2 call is mirrored', 'a.feature'), []);
    assert.deepEqual(named('a <protocol> call is mirrored'), [
      `5: scenario "a <protocol> call is mirrored" passes: 1 of 2 passed
  features/a.feature:13 a TCP call is mirrored (embedded) — not tested: it did not run`,
    ]);
    assert.deepEqual(named('a HTTP/3 call is mirrored'), [
      `5: scenario "a HTTP/3 call is mirrored" passes: it was not among those that ran
   no scenario has this name; did you mean "a HTTP/2 call is mirrored"?`,
    ]);
    assert.match(named('a TCP call is mirrored', 'features/b.feature')[0] ?? '', /no scenario of features\/b.feature/);
  });

  it('lets limitations show that it lists, until their day, and no others', () => {
    const results = of({ name: 'a', known: ['L4'] }, { name: 'b', known: ['L5'] });
    const until = (day: string, today = TODAY) =>
      broken(
        judged(
          results,
          { allowLimitations: { line: 6, allowed: [{ id: 'L4', until: day, reason: 'r', line: 7 }] } },
          { today },
        ),
      );
    const other = `6: no other known limitation shows: L5 does\n  features/a.feature:13 b (embedded) — known limitation L5`;
    assert.deepEqual(until('2026-11-22'), [other]);
    assert.deepEqual(until('2026-11-21'), [
      `7: limitation L4 may show until 2026-11-21 (r): it showed in 1 scenario
   today is 2026-11-22: mend it, or decide anew and move the date
  features/a.feature:3 a (embedded) — known limitation L4`,
      other,
    ]);
    assert.deepEqual(broken(judged(results, {})), []);
    assert.equal(broken(judged(results, { allowLimitations: { line: 6, allowed: [] } })).length, 1);
    assert.deepEqual(
      broken(
        judged(of({ name: 'a' }), {
          allowLimitations: { line: 6, allowed: [{ id: 'L4', until: '2020-01-01', reason: 'r', line: 7 }] },
        }),
      ),
      [],
      'what does not show needs no permission',
    );
  });

  it('says of a listed limitation that did not show whether its scenarios ran', () => {
    const found = (...scenarios: readonly SyntheticScenario[]) => {
      const rules = { allowLimitations: { line: 6, allowed: [{ id: 'L4', until: TODAY, reason: 'r', line: 7 }] } };
      return judged(of(...scenarios), rules).outcomes.find(({ line }) => line === 7)?.found;
    };
    const tags = ['@limitation:L4'];
    assert.equal(found({ name: 'a', tags: ['@limitation:L40'] }), 'none of its scenarios ran');
    assert.equal(found({ name: 'a', tags, state: 'not-tested' }), 'none of its scenarios ran');
    assert.equal(
      found({ name: 'a', tags }, { name: 'b', tags, state: 'not-applicable' }),
      'it did not show in the 1 of its 2 scenarios that ran',
    );
    assert.equal(found({ name: 'a', tags }, { name: 'b', tags }), 'it did not show: the entry can go');
  });

  it('counts what failed, also by a limitation that no longer shows, what was flaky, not tested, or limited', () => {
    const results = of(
      { name: 'a', state: 'fail' },
      { name: 'b', state: 'fixed' },
      { name: 'c', state: 'flaky' },
      { name: 'd', state: 'not-tested' },
      { name: 'e', known: ['L4'] },
    );
    const found = (most: number) =>
      judged(results, {
        atMost: (['failed', 'flaky', 'not-tested', 'known-limitations'] as const).map((count) => ({
          count,
          most,
          line: 8,
        })),
      }).outcomes.map(({ ok, found: text }) => `${ok} ${text}`);
    assert.deepEqual(found(1), ['true 1 run', 'false 2 of 5', 'true 1 of 5', 'true 1 of 5', 'true 1 of 5']);
    assert.deepEqual(found(0), ['true 1 run', 'false 2 of 5', 'false 1 of 5', 'false 1 of 5', 'false 1 of 5']);
  });

  it('wants so many to have passed', () => {
    const results = of({ name: 'a' }, { name: 'b', state: 'flaky' }, { name: 'c', state: 'not-applicable' });
    assert.deepEqual(broken(judged(results, { atLeast: { passed: 2, line: 8 } })), []);
    assert.deepEqual(broken(judged(results, { atLeast: { passed: 3, line: 8 } })), [
      '8: at least 3 scenarios passed: 2 of 3',
    ]);
  });

  it('wants every combination of what a cell lists decided, with one of its states', () => {
    const results = of(
      { name: 'a', cells: [{}] },
      { name: 'b', cells: [{ requestedInterface: 'eth0', listenInterface: 'eth0' }], known: ['L4'] },
      { name: 'c', cells: [{ protocol: 'HTTP/1.1' }], state: 'not-tested' },
    );
    const cells = (rule: Partial<Gate['cells'][number]>) =>
      broken(
        judged(results, {
          cells: [{ ...ANY_CELL, meshes: ['istio'], protocols: ['HTTP/2'], states: ['pass'], line: 9, ...rule }],
        }),
      );
    assert.deepEqual(
      cells({ interfaces: ['lo'], mtls: ['STRICT'], profiles: ['sniffer'], environments: ['embedded'] }),
      [],
    );
    assert.deepEqual(cells({}), [
      `9: 1 cell of the matrix: pass: 1 of them is not
  features/a.feature:13 istio, HTTP/2 unary: b (embedded) — known limitation L4`,
    ]);
    assert.deepEqual(cells({ states: ['pass', 'known-limitation'] }), []);
    assert.deepEqual(cells({ meshes: ['none', 'istio'], mtls: ['STRICT', 'PERMISSIVE'], interfaces: ['lo'] }), [
      `9: 3 cells of the matrix: pass: 2 of them are not
   no mesh, HTTP/2 unary, on lo: not tested
   istio PERMISSIVE, HTTP/2 unary, on lo: not tested`,
    ]);
    assert.match(cells({ protocols: ['HTTP/1.1'] })[0] ?? '', /istio, HTTP\/1.1 unary: not tested/);
    assert.match(
      cells({ profiles: ['redirect'], interfaces: ['lo', 'eth0'] })[0] ?? '',
      /1 cell .*\n +istio, HTTP\/2 unary, redirect: not tested$/,
    );
    assert.match(cells({ environments: ['kubernetes'], interfaces: ['lo'] })[0] ?? '', /kubernetes, istio.*not tested/);
  });

  it('wants what passed in its baseline to pass', () => {
    const old = of({ name: 'a' }, { name: 'b' }, { name: 'c', state: 'fail' }, { name: 'd' });
    assert.deepEqual(
      broken(
        judged(
          of({ name: 'a' }, { name: 'b', known: ['L4'] }, { name: 'c', state: 'fail' }),
          {},
          { baseline: baseline(old) },
        ),
      ),
      [
        `30: what passed in old.json passes: 1 of 3
  features/a.feature:13 b (embedded) — known limitation L4
  features/a.feature:33 d (embedded) — it is not among the results`,
      ],
    );
    assert.deepEqual(broken(judged(of({ name: 'z' }), {}, { baseline: baseline(of({ name: 'y', state: 'fail' })) })), [
      '30: what passed in old.json passes: 0 of 0\n   the two have no scenario in common',
    ]);
  });

  it('tells scenarios that became slower, by more than noise, and a run that did so as a whole', () => {
    const times = (...durations: readonly number[]): Results =>
      of(...durations.map((durationMs, index) => ({ name: `s${index}`, durationMs })));
    const slower = (now: Results, old = times(1000, 1000, 1000, 1000, 1000)) =>
      broken(judged(now, {}, { baseline: baseline(old, { slowerByPercent: 20 }) }));
    assert.deepEqual(slower(times(1000, 1100, 900, 1400, 1000)), [], 'less than half a second is noise');
    assert.deepEqual(slower(times(1000, 1100, 900, 1600, 1000)), [
      `30: no scenario is slower than in old.json by more than 20 % and 0.5 s: 1 scenario; the run as a whole took 1.00 times as long
  features/a.feature:33 s3 (embedded) — 1.00 s then, 1.60 s now`,
    ]);
    assert.deepEqual(slower(times(2000, 2000, 2000, 2000, 2000)), [
      `30: no scenario is slower than in old.json by more than 20 % and 0.5 s: 0 scenarios; the run as a whole took 2.00 times as long
   the run as a whole is slower: half of the scenarios took 2.00 times as long, or more`,
    ]);
    assert.deepEqual(slower(times(1150, 1150, 1150, 1150, 1150)), []);
  });

  it('never lets half a run through', () => {
    const run = (changes: Parameters<typeof resultsWith>[1]) =>
      broken(judged(resultsWith([{ name: 'a' }], changes), {}));
    const rule = '-: every run came to its end, and no part of one is missing: 1 run';
    const selection = { paths: [], names: [], notSelected: 0 };
    assert.deepEqual(run({ verdict: 'interrupted', exitCode: 130 }), [`${rule}\n   the run run-1 was interrupted`]);
    assert.match(run({ verdict: 'broken', exitCode: 3 })[0] ?? '', /could not do its work/);
    assert.match(run({ selection: { ...selection, shard: '2/3' } })[0] ?? '', /the shard 1\/3, 3\/3 is missing/);
    assert.deepEqual(run({ selection: { ...selection, shard: '1/1' } }), []);
  });
});

describe('results that tests make up', () => {
  it('are valid by the schema', () => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(RESULTS_SCHEMA);
    assert.ok(
      validate(
        of({ name: 'a', state: 'fail', cells: [{}] }, { name: 'b', known: ['L4'] }, { name: 'c', state: 'flaky' }),
      ),
      JSON.stringify(validate.errors),
    );
  });
});
