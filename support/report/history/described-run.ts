import type { Results, ScenarioState } from '../../model/results.js';
import { hasPassed, isRed } from '../results/scenario-summary.js';

/** What is said of results in one line. */
export interface DescribedResults {
  /** ISO 8601, of the first run. */
  readonly startedAt: string;
  /** Names of environments, each once. */
  readonly environments: readonly string[];
  /** Of the features' repository; absent where it is not known, or where runs have several. */
  readonly commit?: { readonly sha: string; readonly modified: boolean };
  readonly scenarios: number;
  readonly passed: number;
  readonly failed: number;
  readonly counts: Results['counts'];
  /** Sum of all runs, in milliseconds. */
  readonly durationMs: number;
}

export function describeResults({ runs, counts }: Pick<Results, 'runs' | 'counts'>): DescribedResults {
  const states = Object.entries(counts) as [ScenarioState, number][];
  const sum = (isSo: (state: ScenarioState) => boolean): number =>
    states.reduce((total, [state, count]) => total + (isSo(state) ? count : 0), 0);
  const [commit, ...others] = new Set(runs.map((run) => run.commit?.sha));
  return {
    startedAt: runs.map(({ startedAt }) => startedAt).sort()[0] ?? '',
    environments: [...new Set(runs.map(({ environment }) => environment.name))],
    ...(commit === undefined || others.length > 0
      ? {}
      : { commit: { sha: commit, modified: runs.some((run) => run.commit?.modified === true) } }),
    scenarios: sum(() => true),
    passed: sum((state) => hasPassed({ state })),
    failed: sum((state) => isRed({ state })),
    counts,
    durationMs: runs.reduce((total, { durationMs }) => total + durationMs, 0),
  };
}

/** `2026-11-22 10:00  embedded  c0ffee0` */
export function runLabel({ startedAt, environments, commit }: DescribedResults): string {
  const { sha, modified } = commit ?? { sha: '', modified: false };
  const at = sha === '' ? [] : [`${sha.slice(0, 10)}${modified ? ' with changes' : ''}`];
  return [startedAt.slice(0, 16).replace('T', ' '), environments.join(' + '), ...at].join('  ');
}

/** `112 scenarios: 95 passed, 2 failed, 15 known-limitation` */
export function countsText({ scenarios, passed, failed, counts }: DescribedResults): string {
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(counts.flaky > 0 ? [`${counts.flaky} of them flaky`] : []),
    ...(counts['known-limitation'] > 0
      ? [`${counts['known-limitation']} known limitation${counts['known-limitation'] === 1 ? '' : 's'}`]
      : []),
    ...(counts['not-applicable'] > 0 ? [`${counts['not-applicable']} not applicable`] : []),
    ...(counts['not-tested'] > 0 ? [`${counts['not-tested']} not tested`] : []),
  ];
  return `${scenarios} scenario${scenarios === 1 ? '' : 's'}: ${parts.join(', ')}`;
}
