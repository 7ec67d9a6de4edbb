import type { EnvironmentKind } from '../../model/environment-settings.js';
import type { ScenarioResult } from '../../model/results.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import type { ResultsSource } from './write-results.js';

/** What gates and comparisons need of a scenario: thousands of them fit into memory. */
export interface ScenarioSummary
  extends Pick<
    ScenarioResult,
    'id' | 'uri' | 'line' | 'name' | 'outline' | 'tags' | 'state' | 'reason' | 'cells' | 'durationMs' | 'verdict'
  > {
  /** Name and kind of where it ran: `embedded`, `staging`. */
  readonly environment: string;
  readonly kind: EnvironmentKind;
  /** What its known limitations, each once, explain: where one showed. */
  readonly known: readonly { readonly id: string; readonly title: string }[];
  /** First line of what went wrong in the last attempt; fit to be shown. */
  readonly error?: string;
}

/** Between a scenario's id and its environment, in results that were merged of several. No id has it. */
export const ID_SEPARATOR = '--';

/** The id that is the same in every run. */
export function scenarioIdOf({ id }: Pick<ScenarioResult, 'id'>): string {
  return id.split(ID_SEPARATOR, 1)[0] ?? id;
}

export function summariesOf({ head, scenarios }: ResultsSource): ScenarioSummary[] {
  const environments = new Map(head.runs.map(({ id, environment }) => [id, environment]));
  return [...scenarios()].map((scenario): ScenarioSummary => {
    const { uri, line, name, outline, tags, state, reason, cells, durationMs, verdict } = scenario;
    const environment = environments.get(scenario.run);
    const error = firstLine(scenario.attempts.at(-1)?.errors[0]?.message);
    return {
      id: scenarioIdOf(scenario),
      uri,
      line,
      name,
      ...(outline === undefined ? {} : { outline }),
      tags,
      state,
      ...(reason === undefined ? {} : { reason }),
      cells,
      durationMs,
      ...(verdict === undefined ? {} : { verdict }),
      environment: environment?.name ?? 'unknown',
      kind: environment?.kind ?? 'embedded',
      known: knownOf(scenario),
      ...(error === undefined ? {} : { error }),
    };
  });
}

/** A message in one line, for lists. */
export function firstLine(message: string): string;
export function firstLine(message: string | undefined): string | undefined;
export function firstLine(message: string | undefined): string | undefined {
  return message === undefined ? undefined : visibleExcerpt(message.split('\n', 1)[0] ?? '', 200);
}

function knownOf({ limitations }: ScenarioResult): ScenarioSummary['known'] {
  const known = new Map<string, { readonly id: string; readonly title: string }>();
  for (const { outcome, limitation: id, title } of limitations) if (outcome === 'known') known.set(id, { id, title });
  return [...known.values()];
}

/** Whether the run would have gone on with it: it passed, at the first try or at a later one. */
export function hasPassed({ state }: Pick<ScenarioSummary, 'state'>): boolean {
  return state === 'pass' || state === 'flaky';
}

/** Whether it makes a run fail. */
export function isRed({ state }: Pick<ScenarioSummary, 'state'>): boolean {
  return state === 'fail' || state === 'fixed';
}

/** What became of it, in a few words: `known limitation L4`, `not tested: the run was interrupted`. */
export function stateText({
  state,
  known,
  reason,
  error,
}: Pick<ScenarioSummary, 'state' | 'known' | 'reason' | 'error'>): string {
  const because = (text: string | undefined): string => (text === undefined ? '' : `: ${text}`);
  switch (state) {
    case 'pass':
      return 'passed';
    case 'fail':
      return `failed${because(error)}`;
    case 'fixed':
      return `failed${because(error ?? 'its known limitation no longer shows')}`;
    case 'flaky':
      return 'flaky: it passed only when it was tried again';
    case 'known-limitation':
      return `known limitation ${known.map(({ id }) => id).join(', ')}`.trimEnd();
    case 'not-applicable':
      return `not applicable${because(reason)}`;
    case 'not-tested':
      return `not tested${because(reason)}`;
  }
}
