import { type ScenarioSummary, stateText } from '../results/scenario-summary.js';
import type { Change, Differences } from './differences.js';

/** One kind of difference, as a list. */
export interface DiffSection {
  readonly title: string;
  readonly regression: boolean;
  readonly entries: readonly DiffEntry[];
}

export interface DiffEntry {
  /** `file:line` of the scenario as it is now, or was. */
  readonly location?: string;
  readonly text: string;
}

/** What there is to tell, regressions first. Empty: nothing has changed. */
export function diffSections(differences: Differences): DiffSection[] {
  const { slowerOverall, slower } = differences;
  const overall: readonly DiffEntry[] =
    slowerOverall === undefined
      ? []
      : [{ text: `the run as a whole: half of the scenarios took ${slowerOverall.toFixed(2)} times as long, or more` }];
  const sections: readonly DiffSection[] = [
    { title: 'newly red', regression: true, entries: differences.newlyRed.map(stateChange) },
    { title: 'newly untested', regression: true, entries: differences.newlyUntested.map(stateChange) },
    { title: 'newly limited', regression: true, entries: differences.newlyLimited.map(stateChange) },
    { title: 'slower', regression: true, entries: [...overall, ...slower.map(durationChange)] },
    { title: 'newly flaky', regression: false, entries: differences.newlyFlaky.map(stateChange) },
    { title: 'newly green', regression: false, entries: differences.newlyGreen.map(stateChange) },
    {
      title: 'new scenarios',
      regression: false,
      entries: differences.added.map((now) => entryOf(now, stateText(now))),
    },
    {
      title: 'removed, or not chosen',
      regression: false,
      entries: differences.removed.map((before) => entryOf(before, `then: ${stateText(before)}`)),
    },
  ];
  return sections.filter(({ entries }) => entries.length > 0);
}

function stateChange({ before, now }: Change): DiffEntry {
  return entryOf(
    now,
    before === undefined ? `new: ${stateText(now)}` : `${stateText(now)}; then: ${stateText(before)}`,
  );
}

function durationChange({ before, now }: Change): DiffEntry {
  return entryOf(now, `${seconds(now.durationMs)}; then: ${seconds(before?.durationMs ?? 0)}`);
}

function entryOf({ uri, line, name, environment }: ScenarioSummary, what: string): DiffEntry {
  return { location: `${uri}:${line}`, text: `${name} (${environment}) — ${what}` };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
