import { nearest } from '../../model/nearest.js';
import type { Diagnostic } from '../diagnostic.js';
import type { CompiledExamples, CompiledScenario, KeywordStep } from '../yaml/feature.js';
import type { YamlPlace } from '../yaml/node.js';
import { type LintedFeature, scopesOf } from './linted.js';

/** Examples that are never run or never used, and placeholders that stand for nothing. */
export function checkExamples(feature: LintedFeature): Diagnostic[] {
  const scenarios = scopesOf(feature).flatMap((scope) => scope.scenarios);
  return scenarios
    .filter(({ examples }) => examples.length > 0)
    .flatMap((scenario) => {
      const texts = textsOf(scenario);
      return [
        ...scenario.examples.flatMap((examples) => [
          ...withoutRows(feature, examples),
          ...repeatedRows(feature, examples),
          ...unusedColumns(feature, examples, texts),
        ]),
        ...unknownPlaceholders(feature, scenario.examples, texts),
      ];
    });
}

function withoutRows(feature: LintedFeature, { rows, at }: CompiledExamples): Diagnostic[] {
  if (rows.length > 0) return [];
  return [
    {
      rule: 'no-rows',
      message: 'these examples have no rows: nothing is run for them',
      at: feature.place(at),
      help: ['add a row below the names of the columns, or remove the examples'],
    },
  ];
}

function repeatedRows(feature: LintedFeature, { rows }: CompiledExamples): Diagnostic[] {
  const first = new Map<string, YamlPlace>();
  return rows.flatMap(({ cells, at }) => {
    const key = JSON.stringify(cells);
    const known = first.get(key);
    if (known === undefined) first.set(key, at);
    if (known === undefined) return [];
    return [
      {
        rule: 'repeated-row',
        message: 'the same row stands twice in these examples',
        at: feature.place(at),
        notes: [`the first one is in line ${known.line}`],
        help: ['remove one of them: the same scenario would be run twice'],
      },
    ];
  });
}

function unusedColumns(feature: LintedFeature, examples: CompiledExamples, texts: readonly Text[]): Diagnostic[] {
  return examples.columns
    .filter((column) => !texts.some(({ text }) => text.includes(`<${column}>`)))
    .map((column) => ({
      rule: 'unused-column',
      message: `the column "${column}" is never used`,
      at: feature.place(feature.columnAt(examples, column)),
      help: [`write <${column}> in a step where its value belongs, or remove the column`],
    }));
}

function unknownPlaceholders(
  feature: LintedFeature,
  blocks: readonly CompiledExamples[],
  texts: readonly Text[],
): Diagnostic[] {
  const columns = [...new Set(blocks.flatMap((block) => block.columns))];
  const mistakes = new Map<string, Diagnostic>();
  for (const { text, at, prose } of texts) {
    for (const [placeholder, name = ''] of text.matchAll(PLACEHOLDER)) {
      const lacking = blocks.find((block) => !block.columns.includes(name));
      const meant = nearest(name, columns);
      // A doc string or a table may hold markup: there only a misspelt column counts.
      const markup = name.startsWith('/') || text.includes(`</${name}>`) || (prose && meant === undefined);
      if (lacking === undefined || markup) continue;
      const elsewhere = columns.includes(name) ? ` in line ${lacking.at.line}` : '';
      mistakes.set(`${at.line} ${name}`, {
        rule: 'unknown-placeholder',
        message: `the examples${elsewhere} have no column "${name}": ${placeholder} stays as it is`,
        at: feature.place(placeOf(feature, at, placeholder)),
        help: [elsewhere !== '' || meant === undefined ? listOf(columns) : `did you mean <${meant}>?`],
      });
    }
  }
  return [...mistakes.values()];
}

const PLACEHOLDER = /<([^<>\s](?:[^<>\n]*[^<>\s])?)>/g;

function listOf(columns: readonly string[]): string {
  return columns.length === 0 ? 'the examples have no columns' : `the columns are ${columns.join(', ')}`;
}

/** The placeholder itself where it stands in the line as written, else the whole. */
function placeOf(feature: LintedFeature, at: YamlPlace, placeholder: string): YamlPlace {
  const start = feature.place(at).source?.indexOf(placeholder, at.column - 1) ?? -1;
  return start === -1 ? at : { line: at.line, column: start + 1, length: placeholder.length };
}

interface Text {
  readonly text: string;
  readonly at: YamlPlace;
  /** Whether `<…>` may well be something else than a placeholder. */
  readonly prose: boolean;
}

/** Every text of an outline in which a placeholder is replaced. */
function textsOf({ name, at, steps }: CompiledScenario): Text[] {
  return [{ text: name, at, prose: false }, ...steps.flatMap(textsOfStep)];
}

function textsOfStep({ text, at, argument }: KeywordStep): Text[] {
  const texts = [{ text, at, prose: false }];
  if (argument?.kind === 'table') {
    texts.push(...argument.rows.flat().map((cell) => ({ text: cell, at, prose: true })));
  } else if (argument !== undefined) {
    texts.push({ text: `${argument.mediaType ?? ''}\n${argument.content}`, at, prose: true });
  }
  return texts;
}
