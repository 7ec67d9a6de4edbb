import type { SourcePlace } from '../diagnostic.js';
import type { CompiledBackground, CompiledExamples, CompiledFeature, CompiledScenario } from '../yaml/feature.js';
import type { YamlPlace } from '../yaml/node.js';

/** A feature as the rules see it, whichever language it is written in. */
export interface LintedFeature {
  /** As shown. */
  readonly file: string;
  readonly feature: CompiledFeature;
  /** False where a mistake has cost the feature some of its parts: what is missing then may well be there. */
  readonly complete: boolean;
  /** A place in the file, with its line. */
  place(at: YamlPlace): SourcePlace;
  /** Where a column of examples is named. */
  columnAt(examples: CompiledExamples, column: string): YamlPlace;
}

/** A feature or one of its rules: what has scenarios of its own. */
export interface Scope {
  readonly what: 'feature' | 'rule';
  readonly name: string;
  readonly at: YamlPlace;
  readonly scenarios: readonly CompiledScenario[];
  /** Their steps come before those of each scenario. */
  readonly backgrounds: readonly CompiledBackground[];
}

/** The feature itself and its rules. */
export function scopesOf({ feature }: LintedFeature): readonly Scope[] {
  const { name, at, scenarios } = feature;
  const backgrounds = feature.background === undefined ? [] : [feature.background];
  return [
    { what: 'feature', name, at, scenarios, backgrounds },
    ...feature.rules.map(
      (rule): Scope => ({
        what: 'rule',
        name: rule.name,
        at: rule.at,
        scenarios: rule.scenarios,
        backgrounds: rule.background === undefined ? backgrounds : [...backgrounds, rule.background],
      }),
    ),
  ];
}

/** How many scenarios come to run: each row of an outline is one. */
export function scenarioCount(feature: LintedFeature): number {
  const scenarios = scopesOf(feature).flatMap((scope) => scope.scenarios);
  return scenarios.reduce((sum, { examples }) => sum + (examples.length === 0 ? 1 : rowsOf(examples).length), 0);
}

/** One row of examples: what each column's placeholder stands for. */
export interface Row {
  readonly columns: readonly string[];
  readonly cells: readonly string[];
  readonly at: YamlPlace;
}

export function rowsOf(examples: readonly CompiledExamples[]): readonly Row[] {
  return examples.flatMap(({ columns, rows }) => rows.map(({ cells, at }) => ({ columns, cells, at })));
}

/** The text with every placeholder replaced, column by column, as Gherkin does it. */
export function interpolate(text: string, { columns, cells }: Row): string {
  if (!text.includes('<')) return text;
  return columns.reduce((filled, column, index) => filled.replaceAll(`<${column}>`, () => cells[index] ?? ''), text);
}
