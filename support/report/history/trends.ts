import type { Results } from '../../model/results.js';
import { hasPassed, isRed, type ScenarioSummary, summariesOf } from '../results/scenario-summary.js';
import { sourceOf } from '../results/write-results.js';
import { type DescribedResults, describeResults } from './described-run.js';

/** Results as one point in time. */
export interface TrendPoint extends DescribedResults {
  /** As shown. */
  readonly file: string;
  /** Of those that passed or failed, 0 to 1; absent where nothing was decided. */
  readonly passRate?: number;
  /** Of scenarios that passed, in milliseconds; absent where none did. */
  readonly medianMs?: number;
}

/** A scenario that does not always come to the same. */
export interface FlakyScenario {
  readonly id: string;
  readonly environment: string;
  readonly name: string;
  readonly location: string;
  /** Points in which it was tried again, or came to something else than in another point of the same commit. */
  readonly unstable: number;
  /** Points in which it was decided. */
  readonly decided: number;
  /** ISO 8601, of the last one. */
  readonly lastSeen: string;
  /** Commits on which it both passed and failed. */
  readonly commits: readonly string[];
}

export interface Trends {
  /** Oldest first. */
  readonly points: readonly TrendPoint[];
  /** Most unstable first. */
  readonly flaky: readonly FlakyScenario[];
}

interface Sighting {
  readonly scenario: ScenarioSummary;
  readonly at: string;
  /** Absent where it is not known, or the files differed from it: nobody knows then what was run. */
  readonly commit?: string;
}

/** Follows scenarios over results. What changed with a commit is no flake: it was mended, or broken. */
export class TrendsRecorder {
  readonly #points: TrendPoint[] = [];
  readonly #sightings = new Map<string, Sighting[]>();

  add(file: string, results: Results): void {
    const described = describeResults(results);
    const scenarios = summariesOf(sourceOf(results));
    const { passed, failed, startedAt, commit } = described;
    const medianMs = medianOf(scenarios.filter(hasPassed).map(({ durationMs }) => durationMs));
    this.#points.push({
      ...described,
      file,
      ...(passed + failed === 0 ? {} : { passRate: passed / (passed + failed) }),
      ...(medianMs === undefined ? {} : { medianMs }),
    });
    for (const scenario of scenarios) {
      if (!hasPassed(scenario) && !isRed(scenario)) continue;
      const key = `${scenario.environment}\n${scenario.id}`;
      const sightings = this.#sightings.get(key) ?? [];
      const known = commit === undefined || commit.modified ? {} : { commit: commit.sha };
      sightings.push({ scenario: withoutDetails(scenario), at: startedAt, ...known });
      this.#sightings.set(key, sightings);
    }
  }

  get trends(): Trends {
    return {
      points: [...this.#points].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
      flaky: [...this.#sightings.values()]
        .flatMap(flakyOf)
        .sort((a, b) => b.unstable / b.decided - a.unstable / a.decided || (a.location < b.location ? -1 : 1)),
    };
  }
}

function flakyOf(sightings: readonly Sighting[]): FlakyScenario[] {
  const ordered = [...sightings].sort((a, b) => (a.at < b.at ? -1 : 1));
  const last = ordered.at(-1);
  if (last === undefined) return [];
  const commits = [...new Set(ordered.flatMap(({ commit }) => (commit === undefined ? [] : [commit])))].filter(
    (sha) => {
      const there = ordered.filter(({ commit }) => commit === sha);
      return there.some(({ scenario }) => hasPassed(scenario)) && there.some(({ scenario }) => isRed(scenario));
    },
  );
  const unstable = ordered.filter(
    ({ scenario, commit }) => scenario.state === 'flaky' || (isRed(scenario) && commits.includes(commit ?? '')),
  );
  const { id, environment, name, uri, line } = last.scenario;
  const latest = unstable.at(-1);
  if (latest === undefined) return [];
  return [
    {
      id,
      environment,
      name,
      location: `${uri}:${line}`,
      unstable: unstable.length,
      decided: ordered.length,
      lastSeen: latest.at,
      commits,
    },
  ];
}

/** Thousands of scenarios of hundreds of runs are kept. */
function withoutDetails(scenario: ScenarioSummary): ScenarioSummary {
  const { error: _, reason: __, ...kept } = scenario;
  return { ...kept, cells: [], tags: [], known: [] };
}

function medianOf(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
