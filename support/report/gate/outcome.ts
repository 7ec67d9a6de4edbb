import type { GateReason } from '../../model/gate.js';
import { type ScenarioSummary, stateText } from '../results/scenario-summary.js';

/** A scenario as a reason: where it stands, in which environment, and what became of it. */
export function reasonOf(scenario: ScenarioSummary, what = stateText(scenario)): GateReason {
  const { uri, line, name, environment } = scenario;
  return { location: `${uri}:${line}`, text: `${name} (${environment}) — ${what}` };
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
