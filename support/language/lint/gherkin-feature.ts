import type { SourcePlace } from '../diagnostic.js';
import type { GherkinDocument } from '../plan.js';
import type { StepArgument } from '../yaml/action.js';
import type {
  CompiledBackground,
  CompiledExamples,
  CompiledScenario,
  CompiledTag,
  KeywordStep,
  Titled,
} from '../yaml/feature.js';
import type { YamlPlace } from '../yaml/node.js';
import type { LintedFeature } from './linted.js';

type Feature = NonNullable<GherkinDocument['feature']>;
type Background = NonNullable<Feature['children'][number]['background']>;
type Scenario = NonNullable<Feature['children'][number]['scenario']>;
type Step = Scenario['steps'][number];
type Examples = Scenario['examples'][number];

/** A feature that was read from Gherkin, for the rules. `text` is the file's content. */
export function lintedGherkin(feature: Feature, file: string, text: string): LintedFeature {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const columns = new Map<CompiledExamples, ReadonlyMap<string, YamlPlace>>();

  const titled = (node: Pick<Background, 'name' | 'description' | 'keyword' | 'location'>): Titled => {
    const { name, description, keyword, location } = node;
    const column = location.column ?? 1;
    const start = (lines[location.line - 1] ?? '').indexOf(name, column - 1 + keyword.length);
    const at =
      name === '' || start === -1
        ? { line: location.line, column, length: keyword.length }
        : { line: location.line, column: start + 1, length: name.length };
    return { name, description, at };
  };
  const background = (node: Background): CompiledBackground => ({ ...titled(node), steps: node.steps.map(stepOf) });
  const scenario = (node: Scenario): CompiledScenario => ({
    ...titled(node),
    tags: tagsOf(node.tags),
    steps: node.steps.map(stepOf),
    examples: node.examples.map(examples),
  });
  const examples = (node: Examples): CompiledExamples => {
    const cells = node.tableHeader?.cells ?? [];
    const compiled = {
      ...titled(node),
      tags: tagsOf(node.tags),
      columns: cells.map(({ value }) => value),
      rows: node.tableBody.map((row) => ({
        cells: row.cells.map(({ value }) => value),
        at: { line: row.location.line, column: row.location.column ?? 1, length: rowLength(lines, row.location) },
      })),
    };
    const places = cells.map(({ value, location }) => [value, placeAt(location, value.length)] as const);
    columns.set(compiled, new Map(places));
    return compiled;
  };
  const contentOf = (children: readonly { readonly background?: Background; readonly scenario?: Scenario }[]) => {
    const described = children.find((child) => child.background !== undefined)?.background;
    return {
      ...(described === undefined ? {} : { background: background(described) }),
      scenarios: children.flatMap((child) => (child.scenario === undefined ? [] : [scenario(child.scenario)])),
    };
  };

  return {
    file,
    complete: true,
    feature: {
      ...titled(feature),
      language: feature.language,
      tags: tagsOf(feature.tags),
      ...contentOf(feature.children),
      rules: feature.children.flatMap(({ rule }) =>
        rule === undefined ? [] : [{ ...titled(rule), tags: tagsOf(rule.tags), ...contentOf(rule.children) }],
      ),
    },
    place: (at) => placed(at, file, lines),
    columnAt: (block, column) => columns.get(block)?.get(column) ?? block.at,
  };
}

function placed({ line, column, length }: YamlPlace, file: string, lines: readonly string[]): SourcePlace {
  const source = lines[line - 1];
  return { file, line, column, length, ...(source === undefined ? {} : { source }) };
}

function stepOf({ keyword, keywordType, text, location, dataTable, docString }: Step): KeywordStep {
  const argument: StepArgument | undefined =
    dataTable !== undefined
      ? { kind: 'table', rows: dataTable.rows.map(({ cells }) => cells.map(({ value }) => value)) }
      : docString === undefined
        ? undefined
        : {
            kind: 'text',
            content: docString.content,
            ...(docString.mediaType === undefined ? {} : { mediaType: docString.mediaType }),
          };
  return {
    keyword: KEYWORDS[keywordType ?? 'Unknown'] ?? '*',
    text,
    at: { line: location.line, column: (location.column ?? 1) + keyword.length, length: Math.max(1, text.length) },
    ...(argument === undefined ? {} : { argument }),
  };
}

const KEYWORDS: Readonly<Record<string, KeywordStep['keyword']>> = {
  Context: 'Given',
  Action: 'When',
  Outcome: 'Then',
  Conjunction: 'And',
};

function tagsOf(tags: Feature['tags']): CompiledTag[] {
  return tags.map(({ name, location }) => ({ name, at: placeAt(location, name.length) }));
}

function placeAt({ line, column }: Feature['location'], length: number): YamlPlace {
  return { line, column: column ?? 1, length: Math.max(1, length) };
}

function rowLength(lines: readonly string[], { line, column }: Feature['location']): number {
  return Math.max(1, (lines[line - 1] ?? '').trimEnd().length - (column ?? 1) + 1);
}
