import type { Gate, GateOutcome, GateReason, GateReport } from '../../model/gate.js';
import type { Run } from '../../model/results.js';
import { firstLine, summariesOf } from '../results/scenario-summary.js';
import type { ResultsSource } from '../results/write-results.js';
import { type BaselineRule, judgeBaseline } from './baseline.js';
import { judgeCells } from './cells.js';
import { judgeLeast, judgeLimit, judgeLimitations } from './limits.js';
import { judgeRequirement } from './required.js';

/**
 * What every rule of a gate comes to. Pure: the same results, gate and day give the same report.
 * @param today `YYYY-MM-DD`
 */
export function judge(
  results: ResultsSource,
  gate: Gate,
  { baseline, today }: { readonly baseline?: BaselineRule | undefined; readonly today: string },
): GateReport {
  const scenarios = summariesOf(results);
  const outcomes: readonly GateOutcome[] = [
    judgeCompleteness(results.head.runs),
    ...gate.require.map((requirement) => judgeRequirement(requirement, scenarios)),
    ...(gate.allowLimitations === undefined ? [] : judgeLimitations(gate.allowLimitations, scenarios, today)),
    ...(gate.atLeast === undefined ? [] : [judgeLeast(gate.atLeast, scenarios)]),
    ...gate.atMost.map((limit) => judgeLimit(limit, scenarios)),
    ...gate.cells.map((cells) => judgeCells(cells, scenarios)),
    ...(baseline === undefined ? [] : judgeBaseline(baseline, results)),
  ];
  return { gate: gate.name, file: gate.file, ok: outcomes.every(({ ok }) => ok), outcomes };
}

/** Every gate demands it: half a run proves nothing. */
function judgeCompleteness(runs: readonly Run[]): GateOutcome {
  const because: GateReason[] = [
    ...runs.flatMap(({ id, verdict, failures }): GateReason[] => {
      if (verdict === 'interrupted') return [{ text: `the run ${id} was interrupted` }];
      if (verdict === 'broken') return [{ text: `the run ${id} could not do its work: see its report` }];
      return failures.map(({ step, message }) => ({
        text: `${step} of the run ${id} failed: ${firstLine(message)}`,
      }));
    }),
    ...missingShards(runs).map((text) => ({ text })),
  ];
  return {
    kind: 'complete',
    rule: 'every run came to its end, and no part of one is missing',
    ok: because.length === 0,
    found: runs.length === 1 ? '1 run' : `${runs.length} runs`,
    because,
  };
}

function missingShards(runs: readonly Run[]): string[] {
  const groups = new Map<
    string,
    { readonly environment: string; readonly total: number; readonly seen: Set<number> }
  >();
  for (const { selection, environment, commit } of runs) {
    const [, index, total] = /^(\d+)\/(\d+)$/.exec(selection.shard ?? '') ?? [];
    if (index === undefined) continue;
    const key = JSON.stringify([
      environment.name,
      commit?.sha ?? '',
      total,
      selection.paths,
      selection.tags ?? '',
      selection.names,
    ]);
    const group = groups.get(key) ?? { environment: environment.name, total: Number(total), seen: new Set() };
    groups.set(key, group);
    group.seen.add(Number(index));
  }
  return [...groups.values()].flatMap(({ environment, total, seen }) => {
    const missing = Array.from({ length: total }, (_, index) => index + 1).filter((index) => !seen.has(index));
    if (missing.length === 0) return [];
    const shards = missing.map((index) => `${index}/${total}`).join(', ');
    return [
      `of the runs in ${environment} the shard ${shards} is missing: \`mirrorspec report merge\` puts shards together`,
    ];
  });
}
