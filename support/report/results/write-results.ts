import {
  RESULTS_FORMAT,
  RESULTS_SCHEMA_ID,
  type Results,
  SCENARIO_STATES,
  type ScenarioResult,
  type ScenarioState,
} from '../../model/results.js';
import { writeParts } from '../write-parts.js';
import { type LoggedScenario, loggedScenario } from './scenario-log.js';

/** Everything of {@link Results} but the scenarios, of which there may be more than memory holds. */
export type ResultsHead = Omit<Results, 'scenarios'>;

/** Results whose scenarios are read one after the other, as often as needed. */
export interface ResultsSource {
  readonly head: ResultsHead;
  /** In the order of the scenarios. */
  readonly entries: readonly LoggedScenario[];
  scenarios(): Iterable<ScenarioResult>;
  /** The same as JSON, each in one line, where they are at hand as such. */
  lines?(): Iterable<string>;
}

export function resultsHead(head: Pick<Results, 'runs' | 'features' | 'limitations' | 'counts'>): ResultsHead {
  return { $schema: RESULTS_SCHEMA_ID, format: RESULTS_FORMAT, ...head };
}

export function countStates(scenarios: Iterable<{ readonly state: ScenarioState }>): Results['counts'] {
  const counts = Object.fromEntries(SCENARIO_STATES.map((state) => [state, 0])) as Record<ScenarioState, number>;
  for (const { state } of scenarios) counts[state] += 1;
  return counts;
}

/** Results that are in memory, as a source for whatever shows them. Scenarios of a feature stand together there. */
export function sourceOf({ scenarios: given, ...head }: Results): ResultsSource {
  const places = new Map(head.features.map(({ uri }, place) => [uri, place]));
  const scenarios = [...given].sort((a, b) => (places.get(a.uri) ?? 0) - (places.get(b.uri) ?? 0));
  const entries = scenarios.map((scenario, order) => loggedScenario(order, scenario));
  return { head, entries, scenarios: () => scenarios };
}

/** Writes `results.json`: readable at its beginning, then one line for each scenario. Memory stays flat. */
export function writeResults(path: string, source: ResultsSource): void {
  writeParts(path, resultsJson(source));
}

function* resultsJson({ head, scenarios, lines }: ResultsSource): Generator<string> {
  yield `${JSON.stringify(head, undefined, 2).slice(0, -2)},\n  "scenarios": [`;
  let separator = '\n';
  for (const line of lines?.() ?? linesOf(scenarios())) {
    yield separator;
    yield line;
    separator = ',\n';
  }
  yield '\n  ]\n}\n';
}

function* linesOf(scenarios: Iterable<ScenarioResult>): Generator<string> {
  for (const scenario of scenarios) yield JSON.stringify(scenario);
}
