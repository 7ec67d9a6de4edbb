import { normalize, sep } from 'node:path';
import type { BackgroundText, FeatureChild, FeatureText, ScenarioText, StepText } from '../../model/results.js';
import type { GherkinDocument } from '../messages.js';

type Feature = NonNullable<GherkinDocument['feature']>;
type Child = Feature['children'][number];
type GherkinScenario = NonNullable<Child['scenario']>;
type GherkinStep = GherkinScenario['steps'][number];

/** A longer file is not kept: a report shows its scenarios. Characters. */
const SOURCE = 200_000;

/** What a scenario of a run stands for, as its authors wrote it. */
export interface Declaration {
  readonly number: number;
  readonly name: string;
  readonly rule?: string;
  /** Values of an outline's row by its id. */
  readonly rows: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Relative to the project, with slashes, whatever the machine. */
export function projectPath(uri: string): string {
  const known = PATHS.get(uri);
  if (known !== undefined) return known;
  const path = normalize(uri).split(sep).join('/');
  PATHS.set(uri, path);
  return path;
}

/** Each file is asked for as often as it has scenarios. */
const PATHS = new Map<string, string>();

/** A feature as it was written, and what its scenarios are known by in cucumber's messages. */
export function featureText(
  { uri = '', feature }: GherkinDocument,
  source: string | undefined,
): { readonly text: FeatureText; readonly declarations: ReadonlyMap<string, Declaration> } | undefined {
  if (feature === undefined) return undefined;
  const declarations = new Map<string, Declaration>();
  const child = (
    { background, scenario }: Pick<Child, 'background' | 'scenario'>,
    rule?: string,
  ): (BackgroundText | ScenarioText)[] => {
    if (background !== undefined) return [backgroundText(background)];
    if (scenario === undefined) return [];
    const number = declarations.size;
    declarations.set(scenario.id, {
      number,
      name: scenario.name,
      ...(rule === undefined ? {} : { rule }),
      rows: rowsOf(scenario),
    });
    return [scenarioText(scenario, number)];
  };
  const children = feature.children.flatMap((each): FeatureChild[] => {
    if (each.rule === undefined) return child(each);
    const { keyword, name, description, tags, location } = each.rule;
    return [
      {
        kind: 'rule',
        keyword,
        name,
        description: dedented(description),
        tags: tags.map((tag) => tag.name),
        line: location.line,
        children: each.rule.children.flatMap((inner) => child(inner, name)),
      },
    ];
  });
  const { language, keyword, name, description, tags, location } = feature;
  const text: FeatureText = {
    uri: projectPath(uri),
    language: /\.ya?ml$/.test(uri) ? 'yaml' : 'gherkin',
    dialect: language,
    keyword,
    name,
    description: dedented(description),
    tags: tags.map((tag) => tag.name),
    line: location.line,
    ...(source === undefined || source.length > SOURCE ? {} : { source }),
    children,
  };
  return { text, declarations };
}

function backgroundText(background: NonNullable<Child['background']>): BackgroundText {
  const { keyword, name, description, location, steps } = background;
  return {
    kind: 'background',
    keyword,
    name,
    description: dedented(description),
    line: location.line,
    steps: steps.map(stepText),
  };
}

function scenarioText(scenario: GherkinScenario, declaration: number): ScenarioText {
  const { keyword, name, description, tags, location, steps, examples } = scenario;
  return {
    kind: 'scenario',
    declaration,
    keyword,
    name,
    description: dedented(description),
    tags: tags.map((tag) => tag.name),
    line: location.line,
    steps: steps.map(stepText),
    examples: examples.map((each) => ({
      name: each.name,
      description: dedented(each.description),
      tags: each.tags.map((tag) => tag.name),
      header: each.tableHeader?.cells.map(({ value }) => value) ?? [],
    })),
  };
}

function stepText({ keyword, text, docString, dataTable }: GherkinStep): StepText {
  return {
    keyword,
    text,
    ...(docString === undefined ? {} : { docString: docString.content }),
    ...(dataTable === undefined ? {} : { table: dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) }),
  };
}

function rowsOf({ examples }: GherkinScenario): Declaration['rows'] {
  return new Map(
    examples.flatMap(({ tableHeader, tableBody }) =>
      tableBody.map(({ id, cells }) => [
        id,
        Object.fromEntries((tableHeader?.cells ?? []).map(({ value }, index) => [value, cells[index]?.value ?? ''])),
      ]),
    ),
  );
}

/** Gherkin keeps the indentation of descriptions. */
function dedented(description: string): string {
  const lines = description.split('\n');
  const margin = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines
    .map((line) => line.slice(Number.isFinite(margin) ? margin : 0).trimEnd())
    .join('\n')
    .trim();
}
