import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { earlierDurations } from './earlier-durations.js';
import { remainingText, remainingTime, scenarioKey } from './remaining-time.js';
import type { ScenarioResult } from './tally.js';

const NONE = new Map<string, number>();

function ended(name: string, durationMs: number): ScenarioResult {
  return {
    name,
    location: `a.feature:${name.length}`,
    status: 'passed',
    attempt: 1,
    willBeRetried: false,
    durationMs,
    failures: [],
    limitations: [],
  };
}

const waiting = (name: string) => ({ name, location: 'a.feature:7' });
const took = (durations: Readonly<Record<string, number>>) =>
  new Map(Object.entries(durations).map(([name, each]) => [scenarioKey('a.feature', name), each]));

describe('the remaining time', () => {
  it('is unknown before anything is known of the scenarios', () => {
    const tally = { results: [ended('a', 1000), ended('b', 1000)], running: [], unfinished: [waiting('c')] };
    assert.equal(remainingTime(tally, { now: 0, workers: 1, earlier: NONE }), undefined);
    assert.equal(
      remainingTime(
        { ...tally, unfinished: [waiting('c'), waiting('new')] },
        { now: 0, workers: 1, earlier: took({ c: 9000 }) },
      ),
      undefined,
    );
  });

  it('follows from the scenarios that have ended, and from how many run at once', () => {
    const results = ['a', 'b', 'c'].map((name, index) => ended(name, 1000 * (index + 1)));
    const tally = { results, running: [], unfinished: ['d', 'e', 'f', 'g'].map(waiting) };
    assert.equal(remainingTime(tally, { now: 0, workers: 1, earlier: NONE }), 8000);
    assert.equal(remainingTime(tally, { now: 0, workers: 2, earlier: NONE }), 4000);
  });

  it('follows from the earlier run, at the pace of this one, and is never shorter than its longest scenario', () => {
    const earlier = took({ a: 1000, b: 1000, c: 1000, slow: 30_000, quick: 1000 });
    const results = ['a', 'b', 'c'].map((name) => ended(name, 2000));
    const tally = { results, running: [], unfinished: ['slow', 'quick'].map(waiting) };
    assert.equal(remainingTime(tally, { now: 0, workers: 2, earlier }), 60_000);
    assert.equal(remainingTime({ ...tally, results: [] }, { now: 0, workers: 1, earlier }), 31_000);
    const odd = ['a', 'b', 'c'].map((name) => ended(name, 2_000_000));
    assert.equal(remainingTime({ ...tally, results: odd }, { now: 0, workers: 2, earlier }), 120_000);
  });

  it('takes off what a scenario has run already, and is unknown once all are overdue', () => {
    const running = [{ ...waiting('c'), startedAt: 1000 }];
    const tally = { results: [], running, unfinished: [waiting('c')] };
    assert.equal(remainingTime(tally, { now: 5000, workers: 1, earlier: took({ c: 10_000 }) }), 6000);
    assert.equal(remainingTime(tally, { now: 50_000, workers: 1, earlier: took({ c: 10_000 }) }), undefined);
    assert.equal(remainingTime({ ...tally, unfinished: [] }, { now: 1, workers: 1, earlier: NONE }), undefined);
  });

  for (const [milliseconds, text] of [
    [undefined, ''],
    [Number.NaN, ''],
    [10, 'about 0:05 left'],
    [42_000, 'about 0:45 left'],
    [59_000, 'about 1:00 left'],
    [61_000, 'about 1:10 left'],
    [301_000, 'about 6:00 left'],
    [5_400_000, 'about 1 h 30 min left'],
  ] as const) {
    it(`of ${milliseconds} ms reads "${text}"`, () => assert.equal(remainingText(milliseconds), text));
  }

  it('is guessed from the last results.json, if that is one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-earlier-'));
    const path = join(folder, 'results.json');
    try {
      assert.deepEqual(await earlierDurations(path), NONE);
      for (const content of ['{', 'null', '{"scenarios":{}}', '{"scenarios":[null,3,{"uri":1}]}']) {
        writeFileSync(path, content);
        assert.deepEqual(await earlierDurations(path), NONE, content);
      }
      const scenarios = [
        { uri: 'a.feature', name: 'row', durationMs: 1000, state: 'pass' },
        { uri: 'a.feature', name: 'row', durationMs: 3000, state: 'fail' },
        { uri: 'a.feature', name: 'stopped', durationMs: 0, state: 'not-tested' },
      ];
      writeFileSync(path, JSON.stringify({ scenarios }));
      assert.deepEqual(await earlierDurations(path), took({ row: 2000 }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
