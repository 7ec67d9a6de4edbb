import type { GateOutcome, GateReason } from '../../model/gate.js';
import { type Comparison, compareResults, isSlowerOverall, NOISE_MS, slowerPairs } from '../history/compare.js';
import { hasPassed } from '../results/scenario-summary.js';
import type { ResultsSource } from '../results/write-results.js';
import { counted, reasonOf } from './outcome.js';

export interface BaselineRule {
  /** Absent where the command line asked for it. */
  readonly line?: number;
  readonly slowerByPercent?: number;
  /** As shown: the path of the earlier results. */
  readonly shown: string;
  readonly results: ResultsSource;
}

/** What passed then must pass now, and must not have become slower. */
export function judgeBaseline(rule: BaselineRule, now: ResultsSource): GateOutcome[] {
  const comparison = compareResults(rule.results, now);
  const passes = judgePassing(rule, comparison);
  return rule.slowerByPercent === undefined ? [passes] : [passes, judgePace(rule, comparison, rule.slowerByPercent)];
}

function placeOf({ line }: BaselineRule): { readonly line?: number } {
  return line === undefined ? {} : { line };
}

function judgePassing(rule: BaselineRule, { pairs, removed, across }: Comparison): GateOutcome {
  const worse = pairs.filter(({ before, now }) => hasPassed(before) && !hasPassed(now));
  const lost = removed.filter(hasPassed);
  const passed = pairs.filter(({ before }) => hasPassed(before)).length + lost.length;
  const because: GateReason[] = [
    ...(pairs.length === 0 ? [{ text: 'the two have no scenario in common' }] : []),
    ...worse.map(({ now }) => reasonOf(now)),
    ...lost.map((scenario) => reasonOf(scenario, 'it is not among the results')),
  ];
  return {
    kind: 'baseline',
    rule: `what passed in ${rule.shown} passes`,
    ...placeOf(rule),
    ok: because.length === 0,
    found: `${passed - worse.length - lost.length} of ${passed}${acrossText(across)}`,
    because,
  };
}

function judgePace(rule: BaselineRule, comparison: Comparison, percent: number): GateOutcome {
  const slower = slowerPairs(comparison, percent);
  const overall = isSlowerOverall(comparison, percent);
  const { pace } = comparison;
  return {
    kind: 'slower',
    rule: `no scenario is slower than in ${rule.shown} by more than ${percent} % and ${NOISE_MS / 1000} s`,
    ...placeOf(rule),
    ok: slower.length === 0 && !overall,
    found: `${counted(slower.length, 'scenario')}${pace === undefined ? '' : `; the run as a whole took ${pace.toFixed(2)} times as long`}`,
    because: [
      ...(overall
        ? [
            {
              text: `the run as a whole is slower: half of the scenarios took ${pace?.toFixed(2)} times as long, or more`,
            },
          ]
        : []),
      ...slower.map(({ before, now }) =>
        reasonOf(now, `${seconds(before.durationMs)} then, ${seconds(now.durationMs)} now`),
      ),
    ],
  };
}

function acrossText(across: Comparison['across']): string {
  return across === undefined ? '' : ` (then ${across.before}, now ${across.now})`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
