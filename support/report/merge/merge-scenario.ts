import type { ScenarioResult } from '../../model/results.js';

/**
 * The same scenario in the same environment by several runs: one that was tried several times. The last attempt describes
 * it; where it came to its end another way before, it is flaky, as if one run had tried it again.
 */
export function mergeScenario(results: readonly ScenarioResult[]): ScenarioResult {
  // A run that did not get to it, or could not run it, says nothing where another one did.
  const decided = results.filter(({ state }) => state !== 'not-tested' && state !== 'not-applicable');
  const ordered = [...(decided.length > 0 ? decided : results)].sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
  const last = ordered.at(-1);
  if (last === undefined) throw new Error('there is no scenario to merge');
  if (ordered.length === 1) return last;
  const attempts = ordered
    .flatMap((each) => each.attempts)
    .map((attempt, index) => ({ ...attempt, number: index + 1 }));
  const hadOtherEnd = ordered.some(({ state }) => state !== last.state);
  return { ...last, attempts, state: last.state === 'pass' && hadOtherEnd ? 'flaky' : last.state };
}

function startOf({ attempts }: ScenarioResult): string {
  return attempts.at(-1)?.startedAt ?? '';
}
