import type { LimitationObservation } from '../../model/limitation-observation.js';
import type { Attempt, ScenarioResult, ScenarioState } from '../../model/results.js';

/** What became of a scenario, by its attempts; the last one decides. `interrupted`: so was the run. */
export function stateOf(
  attempts: readonly Attempt[],
  limitations: readonly LimitationObservation[],
  { interrupted, reason }: { readonly interrupted: boolean; readonly reason?: string | undefined },
): Pick<ScenarioResult, 'state' | 'reason'> {
  const last = attempts.at(-1);
  if (last === undefined) return { state: 'not-tested', reason: 'it did not run' };
  const state = stateOfLast(last, limitations);
  if (last.errors.length > 0 && last.errors.every(({ type }) => type === 'InterruptedError')) {
    return { state: 'not-tested', reason: 'the run was interrupted' };
  }
  if (state === 'not-applicable') {
    return interrupted
      ? { state: 'not-tested', reason: 'the run was interrupted' }
      : { state, reason: reason ?? 'it was skipped by its steps' };
  }
  const hadOtherEnd = attempts.slice(0, -1).some(({ status }) => status !== last.status);
  // One that fell short as it was known to has not passed, whatever it did before.
  return { state: hadOtherEnd && state === 'pass' ? 'flaky' : state };
}

function stateOfLast({ status }: Attempt, limitations: readonly LimitationObservation[]): ScenarioState {
  switch (status) {
    case 'passed':
      return 'pass';
    case 'known':
      return 'known-limitation';
    case 'skipped':
      return 'not-applicable';
    default:
      return limitations.some(({ outcome }) => outcome === 'no-longer-limited') ? 'fixed' : 'fail';
  }
}
