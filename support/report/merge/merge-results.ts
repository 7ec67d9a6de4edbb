import { UserError } from '../../model/errors.js';
import type { FeatureText, Results, Run, ScenarioResult } from '../../model/results.js';
import { ID_SEPARATOR, scenarioIdOf } from '../results/scenario-summary.js';
import { countStates, resultsHead } from '../results/write-results.js';
import { mergeScenario } from './merge-scenario.js';

/** Results that are to be merged, and what messages call them. */
export interface MergeInput {
  readonly shown: string;
  readonly results: Results;
}

/** The folder below the reports in which evidence is. */
export const EVIDENCE_FOLDER = 'evidence';

/**
 * Makes one of several results: of shards, of environments, of a run and its repetition. The same scenario in two environments stays
 * two; twice in one environment it is one that was tried twice.
 * @throws {UserError} where the two cannot be of one thing: the same run twice, or features that differ.
 */
export function mergeResults(inputs: readonly MergeInput[]): Results {
  const runs = mergedRuns(inputs);
  const features = mergedFeatures(inputs);
  const environments = new Map(runs.map(({ id, environment }) => [id, environment.name]));
  const groups = new Map<string, ScenarioResult[]>();
  for (const { results } of inputs) {
    for (const scenario of results.scenarios) {
      const id = scenarioIdOf(scenario);
      const key = JSON.stringify([environments.get(scenario.run), id]);
      const group = groups.get(key) ?? [];
      group.push({ ...withEvidenceOf(results, scenario), id });
      groups.set(key, group);
    }
  }
  const order = [...new Set(environments.values())];
  const place = ({ run }: ScenarioResult): number => order.indexOf(environments.get(run) ?? '');
  const scenarios = withUniqueIds([...groups.values()].map(mergeScenario), environments).sort(
    (a, b) => compare(a.uri, b.uri) || a.line - b.line || compare(a.name, b.name) || place(a) - place(b),
  );
  const limitations = new Map(inputs.flatMap(({ results }) => results.limitations.map((each) => [each.id, each])));
  const head = resultsHead({
    runs,
    counts: countStates(scenarios),
    features,
    limitations: [...limitations.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true })),
  });
  return { ...head, scenarios };
}

/** Whether evidence of these results is kept by run already: they have been merged. */
export function isMerged({ runs }: Pick<Results, 'runs'>): boolean {
  return runs.length > 1;
}

function mergedRuns(inputs: readonly MergeInput[]): Run[] {
  const from = new Map<string, string>();
  for (const { shown, results } of inputs) {
    for (const { id } of results.runs) {
      const other = from.get(id);
      if (other !== undefined) throw new UserError(`${other} and ${shown} hold the same run, ${id}: name it once`);
      from.set(id, shown);
    }
  }
  refuseOtherSettings(inputs);
  const runs = inputs.flatMap(({ results }) => results.runs);
  return runs.sort((a, b) => compare(a.startedAt, b.startedAt));
}

/** The same scenario under other settings is not the same tried again. What is found on a machine, as a path, may differ. */
function refuseOtherSettings(inputs: readonly MergeInput[]): void {
  const known = new Map<string, { readonly shown: string; readonly text: string }>();
  for (const { shown, results } of inputs) {
    for (const { environment } of results.runs) {
      if (environment.settings === undefined) continue;
      const { mesh, mirror, workload, sidecar } = environment.settings;
      const text = JSON.stringify([mesh, mirror, workload, sidecar.engine]);
      const other = known.get(environment.name);
      if (other === undefined) known.set(environment.name, { shown, text });
      else if (other.text !== text) {
        throw new UserError(
          `${other.shown} and ${shown} are both of the environment ${environment.name}, with different settings: one would pass for a repetition of the other\n` +
            '  = help: describe each in a file of its own in features/environments/, which gives it a name; to compare them: mirrorspec report diff',
        );
      }
    }
  }
}

/** Scenarios say by number which of a feature they are, so that all have to mean the same feature. */
function mergedFeatures(inputs: readonly MergeInput[]): FeatureText[] {
  const features = new Map<string, { readonly shown: string; readonly feature: FeatureText; readonly text: string }>();
  for (const { shown, results } of inputs) {
    for (const feature of results.features) {
      const text = JSON.stringify(feature);
      const other = features.get(feature.uri);
      if (other === undefined) features.set(feature.uri, { shown, feature, text });
      else if (other.text !== text) {
        throw new UserError(
          `${feature.uri} is not the same in ${other.shown} and ${shown}: only results of the same features can be merged\n` +
            '  = help: to compare them: mirrorspec report diff',
        );
      }
    }
  }
  return [...features.values()].map(({ feature }) => feature).sort((a, b) => compare(a.uri, b.uri));
}

/** Each run's evidence gets a folder of its own: `evidence/<scenario>` becomes `evidence/<run>/<scenario>`. */
function withEvidenceOf(results: Results, scenario: ScenarioResult): ScenarioResult {
  if (isMerged(results)) return scenario;
  const moved = (folder: string): string =>
    folder.startsWith(`${EVIDENCE_FOLDER}/`)
      ? `${EVIDENCE_FOLDER}/${scenario.run}/${folder.slice(EVIDENCE_FOLDER.length + 1)}`
      : folder;
  return {
    ...scenario,
    attempts: scenario.attempts.map((attempt) =>
      attempt.evidence === undefined ? attempt : { ...attempt, evidence: moved(attempt.evidence) },
    ),
    ...(scenario.evidence === undefined
      ? {}
      : { evidence: { ...scenario.evidence, folder: moved(scenario.evidence.folder) } }),
  };
}

/** Pages and anchors are named by ids: where several environments have a scenario, the environment's name follows its id. */
function withUniqueIds(
  scenarios: readonly ScenarioResult[],
  environments: ReadonlyMap<string, string>,
): ScenarioResult[] {
  const times = new Map<string, number>();
  for (const { id } of scenarios) times.set(id, (times.get(id) ?? 0) + 1);
  return scenarios.map((scenario) => {
    if (times.get(scenario.id) === 1) return scenario;
    const environment = (environments.get(scenario.run) ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
    return { ...scenario, id: `${scenario.id}${ID_SEPARATOR}${environment}` };
  });
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
