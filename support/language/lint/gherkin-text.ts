import { nearest } from '../../model/nearest.js';
import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import { type Dialect, gherkinLibrary } from '../gherkin/library.js';
import type { StepDefinition, StepMatcher } from '../match-steps.js';
import { nearestExpression } from '../nearest-step.js';
import type { GherkinDocument } from '../plan.js';

type Feature = NonNullable<GherkinDocument['feature']>;
type Scenario = NonNullable<Feature['children'][number]['scenario']>;

/** A node of Gherkin with a keyword line, below which free text may stand. */
interface Described {
  readonly description: string;
  readonly location: { readonly line: number };
  /** Whether steps may follow the description: a line that begins with a step's keyword then is a step. */
  readonly takesSteps: boolean;
}

/** Step definitions, to recognise a step in free text. */
export interface KnownSteps {
  readonly definitions: readonly StepDefinition[];
  readonly matching: StepMatcher;
}

/** Mistakes that Gherkin's grammar hides, because what it does not understand is free text to it. */
export function checkGherkinText(
  feature: Feature,
  file: string,
  text: string,
  steps: KnownSteps | undefined,
): Diagnostic[] {
  const dialect = gherkinLibrary().dialects[feature.language];
  if (dialect === undefined) return [];
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const scenarios = feature.children.flatMap(({ scenario, rule }) => [
    ...(scenario === undefined ? [] : [scenario]),
    ...(rule?.children ?? []).flatMap((child) => (child.scenario === undefined ? [] : [child.scenario])),
  ]);
  const place = (line: number, column: number, length: number): SourcePlace => {
    const source = lines[line - 1];
    return { file, line, column, length, ...(source === undefined ? {} : { source }) };
  };
  return [
    ...describedIn(feature, scenarios).flatMap((node) => misreadLine(node, lines, dialect, steps, place)),
    ...scenarios.flatMap((scenario) => outlineWithoutExamples(scenario, dialect, place)),
  ];
}

function describedIn(feature: Feature, scenarios: readonly Scenario[]): Described[] {
  const backgrounds = feature.children.flatMap(({ background, rule }) => [
    background,
    ...(rule?.children ?? []).map((child) => child.background),
  ]);
  const rules = feature.children.flatMap(({ rule }) => (rule === undefined ? [] : [rule]));
  const withSteps = [...backgrounds.filter((node) => node !== undefined), ...scenarios];
  const without = [feature, ...rules, ...scenarios.flatMap(({ examples }) => examples)];
  return [
    ...withSteps.map((node) => ({ description: node.description, location: node.location, takesSteps: true })),
    ...without.map((node) => ({ description: node.description, location: node.location, takesSteps: false })),
  ].filter(({ description }) => description !== '');
}

/** The first line of a description that was hardly meant as one; what follows it is lost with it. */
function misreadLine(
  { description, location, takesSteps }: Described,
  lines: readonly string[],
  dialect: Dialect,
  steps: KnownSteps | undefined,
  place: (line: number, column: number, length: number) => SourcePlace,
): Diagnostic[] {
  const written = description.split('\n').map((line) => line.trim());
  let line = location.line;
  for (const [index, text] of written.entries()) {
    if (text === '') continue;
    while (line < lines.length && lines[line]?.trim() !== text) line += 1;
    line += 1;
    const next = written.slice(index + 1).find((other) => other !== '');
    const stepFollows = next === undefined ? takesSteps : stepKeywordOf(next, dialect) !== undefined;
    const meant =
      (stepFollows ? misspeltKeyword(text, dialect) : undefined) ??
      (isStep(next, dialect, steps) ? keywordWithoutColon(text, dialect) : undefined) ??
      misspeltStep(text, takesSteps, dialect, steps);
    if (meant === undefined) continue;
    const below = written.slice(index + 1).filter((other) => other !== '').length;
    const lost =
      below === 0 ? 'it is' : below === 1 ? 'it and the line below it are' : `it and ${below} lines below it are`;
    const column = (lines[line - 1] ?? '').indexOf(text) + 1;
    return [
      {
        rule: 'misread-line',
        message: `"${text}" is read as description, not as ${meant.what}`,
        at: place(line, Math.max(1, column), text.length),
        notes: [`${lost} never run`],
        help: [meant.help],
      },
    ];
  }
  return [];
}

interface Meant {
  readonly what: string;
  readonly help: string;
}

/** `Scenaro: x`, `scenario: x`, `Scenario : x`. Prose has such lines too ("Role: tester"), so that a step has to follow. */
function misspeltKeyword(text: string, dialect: Dialect): Meant | undefined {
  const [, word = '', blank = ''] = /^([^:]{2,40}?)(\s*):/.exec(text) ?? [];
  const { background, scenario, scenarioOutline } = dialect;
  const keyword = nearest(word, [...background, ...scenario, ...scenarioOutline]);
  if (keyword === undefined) return undefined;
  const misplaced = word === keyword && blank === '';
  return { what: 'a keyword', help: misplaced ? `"${keyword}:" cannot stand here` : `did you mean "${keyword}:"?` };
}

/** `Scenario x`, which only counts where steps follow. */
function keywordWithoutColon(text: string, { background, scenario, scenarioOutline }: Dialect): Meant | undefined {
  const keywords = [...scenarioOutline, ...scenario, ...background];
  const keyword = keywords.find((known) => text.startsWith(`${known} `) || text === known);
  return keyword === undefined ? undefined : { what: 'a keyword', help: `write a colon: "${keyword}:"` };
}

/**
 * A step where none can stand (`Given an Istio mesh` below `Feature:`), or one whose keyword is misspelt or missing. Prose may
 * begin with these words too, so that the rest has to be a step, or nearly one.
 */
function misspeltStep(
  text: string,
  takesSteps: boolean,
  dialect: Dialect,
  steps: KnownSteps | undefined,
): Meant | undefined {
  if (steps === undefined) return undefined;
  const keyword = stepKeywordOf(text, dialect);
  if (keyword !== undefined) {
    if (takesSteps || !isNearly(text.slice(keyword.length), steps)) return undefined;
    return { what: 'a step', help: 'steps stand below "Scenario:" or "Background:"' };
  }
  if (steps.matching(text).length > 0) {
    return { what: 'a step', help: `begin it with a keyword: ${words(dialect)}` };
  }
  const [, first = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(text) ?? [];
  const meant = nearest(
    first,
    stepKeywords(dialect).map((known) => known.trim()),
  );
  if (meant === undefined || !isNearly(rest, steps)) return undefined;
  return { what: 'a step', help: `did you mean "${meant} ${rest}"?` };
}

function isStep(text: string | undefined, dialect: Dialect, steps: KnownSteps | undefined): boolean {
  const keyword = text === undefined ? undefined : stepKeywordOf(text, dialect);
  if (text === undefined || keyword === undefined) return false;
  return steps === undefined || isNearly(text.slice(keyword.length), steps);
}

function stepKeywordOf(text: string, dialect: Dialect): string | undefined {
  return stepKeywords(dialect).find((keyword) => text.startsWith(keyword));
}

function isNearly(text: string, { definitions, matching }: KnownSteps): boolean {
  if (matching(text).length > 0) return true;
  const patterns = definitions.flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : []));
  return nearestExpression(text, patterns) !== undefined;
}

function outlineWithoutExamples(
  { keyword, examples, location }: Scenario,
  dialect: Dialect,
  place: (line: number, column: number, length: number) => SourcePlace,
): Diagnostic[] {
  if (examples.length > 0 || !dialect.scenarioOutline.includes(keyword) || dialect.scenario.includes(keyword))
    return [];
  return [
    {
      rule: 'no-rows',
      message: `the ${keyword} has no ${dialect.examples[0]}: its placeholders stay as they are`,
      at: place(location.line, location.column ?? 1, keyword.length),
      help: [`add "${dialect.examples[0]}:" with a table, or make it a "${dialect.scenario.at(-1)}:"`],
    },
  ];
}

/** Without `*`: a description may have a list. */
function stepKeywords({ given, when, then, and, but }: Dialect): string[] {
  return [...given, ...when, ...then, ...and, ...but].filter((keyword) => keyword !== '* ');
}

function words({ given, when, then }: Dialect): string {
  return [given, when, then].map((keywords) => keywords.at(-1)?.trim()).join(', ');
}
