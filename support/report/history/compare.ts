import { type ScenarioSummary, summariesOf } from '../results/scenario-summary.js';
import type { ResultsSource } from '../results/write-results.js';

/** A scenario then and now. */
export interface ScenarioPair {
  readonly before: ScenarioSummary;
  readonly now: ScenarioSummary;
}

/** Two results, scenario by scenario: the same scenario in the same environment. */
export interface Comparison {
  readonly pairs: readonly ScenarioPair[];
  readonly added: readonly ScenarioSummary[];
  readonly removed: readonly ScenarioSummary[];
  /** Where each of the two knows one environment, and another one: its scenarios are compared across them. */
  readonly across?: { readonly before: string; readonly now: string };
  /** How much slower the whole run was: the median of the scenarios' ratios. Undefined for fewer than five. */
  readonly pace?: number;
}

/** Scenarios take 0.3 s to 1.5 s and vary by a third of that; what is slower by less than this is noise. */
export const NOISE_MS = 500;
/** For fewer, a median says nothing of the machine. */
const ENOUGH_FOR_PACE = 5;

export function compareResults(before: ResultsSource, now: ResultsSource): Comparison {
  const then = summariesOf(before);
  const current = summariesOf(now);
  const across = acrossEnvironments(then, current);
  const key = ({ environment, id }: ScenarioSummary): string => (across === undefined ? `${environment}\n${id}` : id);
  const byKey = new Map(then.map((scenario) => [key(scenario), scenario]));
  const seen = new Set<string>();
  const pairs: ScenarioPair[] = [];
  const added: ScenarioSummary[] = [];
  for (const scenario of current) {
    const earlier = byKey.get(key(scenario));
    seen.add(key(scenario));
    if (earlier === undefined) added.push(scenario);
    else pairs.push({ before: earlier, now: scenario });
  }
  const pace = paceOf(pairs);
  return {
    pairs,
    added,
    removed: then.filter((scenario) => !seen.has(key(scenario))),
    ...(across === undefined ? {} : { across }),
    ...(pace === undefined ? {} : { pace }),
  };
}

/**
 * Those that took more than `percent` longer than then, and longer by more than {@link NOISE_MS}. That the whole run was
 * slower is told once, by `pace`, and not by each of them: they are measured against it.
 */
export function slowerPairs({ pairs, pace = 1 }: Comparison, percent: number): ScenarioPair[] {
  const factor = Math.max(1, pace) * (1 + percent / 100);
  return pairs.filter(
    ({ before, now }) =>
      bothRan({ before, now }) &&
      now.durationMs > before.durationMs * factor &&
      now.durationMs - before.durationMs * Math.max(1, pace) > NOISE_MS,
  );
}

/** Whether the run as a whole took more than `percent` longer. */
export function isSlowerOverall({ pairs, pace = 1 }: Comparison, percent: number): boolean {
  const ran = pairs.filter(bothRan);
  const added = ran.reduce((sum, { before, now }) => sum + now.durationMs - before.durationMs, 0);
  return pace > 1 + percent / 100 && added > NOISE_MS;
}

function acrossEnvironments(before: readonly ScenarioSummary[], now: readonly ScenarioSummary[]): Comparison['across'] {
  const [then, ...others] = new Set(before.map(({ environment }) => environment));
  const [current, ...more] = new Set(now.map(({ environment }) => environment));
  if (then === undefined || current === undefined || others.length > 0 || more.length > 0) return undefined;
  return then === current ? undefined : { before: then, now: current };
}

function paceOf(pairs: readonly ScenarioPair[]): number | undefined {
  const ratios = pairs
    .filter((pair) => bothRan(pair) && pair.before.durationMs > 0)
    .map(({ before, now }) => now.durationMs / before.durationMs)
    .sort((a, b) => a - b);
  return ratios.length < ENOUGH_FOR_PACE ? undefined : ratios[Math.floor(ratios.length / 2)];
}

/** Durations of what failed or was skipped say nothing: it ended early, or waited for what did not come. */
function bothRan({ before, now }: ScenarioPair): boolean {
  return before.state === 'pass' && now.state === 'pass';
}
