import type { RunningScenario, Tally } from './tally.js';

/** How long scenarios took in an earlier run, in milliseconds, by {@link scenarioKey}. */
export type EarlierDurations = ReadonlyMap<string, number>;

/** So many scenarios have to end before they say something about the others. */
const ENOUGH = 3;
/** This run may be slower or faster than the earlier one; beyond these factors they have little to do with each other. */
const SLOWEST = 4;
const FASTEST = 0.25;

/** What a scenario is known by from run to run, however lines move. Those of a file that share their name are one. */
export function scenarioKey(file: string, name: string): string {
  return `${file}\n${name}`;
}

/**
 * Milliseconds until the scenarios of a run have ended; undefined where that cannot be told. Each is expected to take as long as it
 * did the last time, by this run's pace; one that did not run then, as long as those of this run that have ended.
 * @param now epoch milliseconds
 * @param workers how many scenarios run at once
 */
export function remainingTime(
  tally: Pick<Tally, 'results' | 'running' | 'unfinished'>,
  { now, workers, earlier }: { readonly now: number; readonly workers: number; readonly earlier: EarlierDurations },
): number | undefined {
  const expect = expectation(tally.results, earlier);
  const since = new Map(tally.running.map((each) => [placeOf(each), each.startedAt]));
  let work = 0;
  let longest = 0;
  for (const scenario of tally.unfinished) {
    const expected = expect(scenario);
    if (expected === undefined) return undefined;
    const startedAt = since.get(placeOf(scenario));
    const left = startedAt === undefined ? expected : Math.max(0, expected - (now - startedAt));
    work += left;
    longest = Math.max(longest, left);
  }
  // What is overdue already may end at any time, or never.
  return work === 0 ? undefined : Math.max(longest, work / Math.max(1, workers));
}

type Named = Pick<RunningScenario, 'name' | 'location'>;

function expectation(
  ended: readonly (Named & { readonly durationMs: number })[],
  earlier: EarlierDurations,
): (scenario: Named) => number | undefined {
  let total = 0;
  let known = 0;
  let knownNow = 0;
  let knownThen = 0;
  for (const scenario of ended) {
    total += scenario.durationMs;
    const then = earlier.get(keyOf(scenario));
    if (then === undefined) continue;
    known += 1;
    knownNow += scenario.durationMs;
    knownThen += then;
  }
  const pace = known < ENOUGH || knownThen === 0 ? 1 : Math.min(SLOWEST, Math.max(FASTEST, knownNow / knownThen));
  const mean = ended.length < ENOUGH ? undefined : total / ended.length;
  return (scenario) => {
    const then = earlier.get(keyOf(scenario));
    return then === undefined ? mean : then * pace;
  };
}

function keyOf({ name, location }: Named): string {
  return scenarioKey(location.slice(0, location.lastIndexOf(':')), name);
}

function placeOf({ name, location }: Named): string {
  return `${location}\n${name}`;
}

/** `about 1:20 left`, no finer than anybody can know; empty where nothing is known. */
export function remainingText(milliseconds: number | undefined): string {
  if (milliseconds === undefined || !Number.isFinite(milliseconds)) return '';
  const seconds = milliseconds / 1000;
  const step = seconds < 60 ? 5 : seconds < 300 ? 10 : 60;
  const rounded = Math.max(step, Math.ceil(seconds / step) * step);
  if (rounded >= 3600) return `about ${Math.floor(rounded / 3600)} h ${Math.round((rounded % 3600) / 60)} min left`;
  return `about ${Math.floor(rounded / 60)}:${String(rounded % 60).padStart(2, '0')} left`;
}
