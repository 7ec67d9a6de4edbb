import { hasPassed, isRed, type ScenarioSummary } from '../results/scenario-summary.js';
import { type Comparison, isSlowerOverall, type ScenarioPair, slowerPairs } from './compare.js';

/** What two results differ in. */
export interface Differences {
  /** Red now, and not then: it failed, or a known limitation of it no longer shows. Also new scenarios. */
  readonly newlyRed: readonly Change[];
  /** It was decided then, and now it was not tested, or it does not apply any more. */
  readonly newlyUntested: readonly Change[];
  /** A known limitation shows that did not then. */
  readonly newlyLimited: readonly Change[];
  readonly slower: readonly Change[];
  /** The run as a whole took longer; undefined where it did not. */
  readonly slowerOverall?: number;
  /** It passed at the first try then, and at a later one now. */
  readonly newlyFlaky: readonly Change[];
  readonly newlyGreen: readonly Change[];
  readonly added: readonly ScenarioSummary[];
  readonly removed: readonly ScenarioSummary[];
  readonly across?: NonNullable<Comparison['across']>;
  /** How many scenarios are in both. */
  readonly compared: number;
}

export interface Change {
  readonly now: ScenarioSummary;
  /** Absent for new scenarios. */
  readonly before?: ScenarioSummary;
}

/** A scenario that took so much longer is told, if nobody says another percentage. */
export const SLOWER_BY_PERCENT = 50;

export function differencesOf(comparison: Comparison, slowerByPercent = SLOWER_BY_PERCENT): Differences {
  const { pairs, added, removed, across, pace } = comparison;
  const where = (isSo: (pair: ScenarioPair) => boolean): readonly ScenarioPair[] => pairs.filter(isSo);
  return {
    newlyRed: [
      ...where(({ before, now }) => isRed(now) && !isRed(before)),
      ...added.filter(isRed).map((now) => ({ now })),
    ],
    newlyUntested: where(({ before, now }) => !isUndecided(before) && isUndecided(now)),
    newlyLimited: where(({ before, now }) => now.known.some(({ id }) => !before.known.some((each) => each.id === id))),
    slower: slowerPairs(comparison, slowerByPercent),
    ...(isSlowerOverall(comparison, slowerByPercent) && pace !== undefined ? { slowerOverall: pace } : {}),
    newlyFlaky: where(({ before, now }) => before.state === 'pass' && now.state === 'flaky'),
    newlyGreen: where(({ before, now }) => !hasPassed(before) && hasPassed(now)),
    added: added.filter((scenario) => !isRed(scenario)),
    removed,
    ...(across === undefined ? {} : { across }),
    compared: pairs.length,
  };
}

/** Whether it has become worse. What is flaky, new or gone is told, but it is no regression. */
export function isRegression(differences: Differences): boolean {
  const { newlyRed, newlyUntested, newlyLimited, slower, slowerOverall } = differences;
  return (
    [newlyRed, newlyUntested, newlyLimited, slower].some(({ length }) => length > 0) || slowerOverall !== undefined
  );
}

function isUndecided({ state }: ScenarioSummary): boolean {
  return state === 'not-tested' || state === 'not-applicable';
}
