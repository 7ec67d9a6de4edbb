import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Chalk } from 'chalk';
import { resultsWith, type SyntheticScenario } from '../testing/synthetic-results.js';
import { type Trends, TrendsRecorder } from './trends.js';
import { trendsMarkdown, trendsText } from './trends-text.js';

interface Point {
  readonly day: number;
  readonly sha: string;
  readonly modified?: boolean;
  readonly scenarios: readonly SyntheticScenario[];
}

function trendsOf(...points: readonly Point[]): Trends {
  const recorder = new TrendsRecorder();
  for (const { day, sha, modified = false, scenarios } of points) {
    const startedAt = `2026-11-0${day}T10:00:00.000Z`;
    recorder.add(`${day}.json`, resultsWith(scenarios, { id: `r${day}`, startedAt, commit: { sha, modified } }));
  }
  return recorder.trends;
}

describe('trends', () => {
  const point = (day: number, sha: string, state: 'pass' | 'fail' | 'flaky'): Point => ({
    day,
    sha,
    scenarios: [
      { name: 'a', state, durationMs: 500 * day },
      { name: 'b', durationMs: 1000 },
      { name: 'c', known: ['L4'] },
    ],
  });

  it('show pass rate and durations, oldest run first', () => {
    const trends = trendsOf(point(2, 'bbb', 'fail'), point(1, 'aaa', 'pass'));
    assert.equal(
      trendsText(trends, new Chalk({ level: 0 })),
      `run                              passed  of     rate  known limitations  not tested  median  run time
2026-11-01 10:00  embedded  aaa       2   2  100.0 %                  1           0  1.00 s    60.0 s
2026-11-02 10:00  embedded  bbb       1   2   50.0 %                  1           0  1.00 s    60.0 s

pass rate  █▅
median     ██

no scenario passed and failed on the same commit, or only at a later try
`,
    );
  });

  it('call flaky what passed and failed on one commit, or passed at a later try; not what a commit has changed', () => {
    const { flaky } = trendsOf(point(1, 'aaa', 'pass'), point(2, 'aaa', 'fail'), point(3, 'bbb', 'pass'));
    assert.deepEqual(flaky, [
      {
        id: 'a',
        environment: 'embedded',
        name: 'a',
        location: 'features/a.feature:3',
        unstable: 1,
        decided: 3,
        lastSeen: '2026-11-02T10:00:00.000Z',
        commits: ['aaa'],
      },
    ]);
    assert.deepEqual(trendsOf(point(1, 'aaa', 'pass'), point(2, 'bbb', 'fail'), point(3, 'ccc', 'pass')).flaky, []);
    assert.deepEqual(
      trendsOf(point(1, 'aaa', 'flaky'), point(2, 'bbb', 'pass')).flaky.map(({ unstable, commits }) => [
        unstable,
        commits,
      ]),
      [[1, []]],
    );
  });

  it('do not call flaky what ran on files that nobody knows any more', () => {
    const changed = { ...point(1, 'aaa', 'fail'), modified: true };
    assert.deepEqual(trendsOf(changed, point(2, 'aaa', 'pass')).flaky, []);
  });

  it('show a curve for each environment that has several runs', () => {
    const trends = trendsOf(...[1, 2, 3, 4, 5].map((day) => point(day, 'aaa', day === 3 ? 'fail' : 'pass')));
    const places = ['embedded', 'staging', 'embedded', 'staging', 'once'];
    const points = trends.points.map((each, index) => ({ ...each, environments: [places[index] ?? ''] }));
    assert.match(
      trendsText({ ...trends, points }, new Chalk({ level: 0 })),
      /^pass rate, embedded {2}█▅\npass rate, staging {3}██\nmedian, embedded {5}.{2}\nmedian, staging {6}.{2}\n\n/m,
    );
  });

  it('can be put into a page', () => {
    const markdown = trendsMarkdown(trendsOf(point(1, 'aaa', 'pass'), point(2, 'aaa', 'fail')));
    assert.match(markdown, /^\| run \| passed .*\n\|---\|--:.*\n\| 2026/);
    assert.match(markdown, /\*\*flaky \(1\)\*\*\n\n- features\/a&#46;feature&#58;3: a \(embedded\) — 1 of 2 runs/);
  });
});
