import type { Dialect } from '../gherkin/library.js';
import type {
  CompiledBackground,
  CompiledExamples,
  CompiledFeature,
  CompiledScenario,
  CompiledTag,
  KeywordStep,
  Titled,
} from './feature.js';
import type { YamlPlace } from './node.js';
import { DEFAULT_LANGUAGE, dialectOf, keywordFor } from './render-gherkin-dialect.js';
import { cellText, docStringLines } from './render-gherkin-text.js';

export interface RenderedGherkin {
  readonly text: string;
  /** Where the YAML has what stands on a line of the text, by line from 1. Lines that are no part of the tree have no place. */
  readonly places: ReadonlyMap<number, YamlPlace>;
}

export interface RenderOptions {
  /** Begin with `# language:` even where the feature does not say one: the reader's default may be another language. */
  readonly sayLanguage?: boolean;
}

/**
 * A feature as Gherkin. Parsed again it has exactly the same names, descriptions, tags, steps, tables and texts; each
 * tag, row and title stands on a line of its own, so that a line leads back to its place.
 * @throws where a text cannot be written: the compiler refuses such features.
 */
export function renderGherkin(feature: CompiledFeature, { sayLanguage = false }: RenderOptions = {}): RenderedGherkin {
  const language = feature.language ?? DEFAULT_LANGUAGE;
  const dialect = dialectOf(language);
  if (dialect === undefined) throw new Error(`Gherkin has no language "${language}"`);
  const page = new Page(dialect);
  if (sayLanguage || feature.language !== undefined) page.line(`# language: ${language}`);
  page.tags(feature.tags, '');
  page.title(dialect.feature, feature, '');
  if (feature.background !== undefined) page.background(feature.background, '  ');
  for (const scenario of feature.scenarios) page.scenario(scenario, '  ');
  for (const rule of feature.rules) {
    page.gap();
    page.tags(rule.tags, '  ');
    page.title(dialect.rule, rule, '  ');
    if (rule.background !== undefined) page.background(rule.background, '    ');
    for (const scenario of rule.scenarios) page.scenario(scenario, '    ');
  }
  return page.finish();
}

/** Lines of Gherkin, and their places. */
class Page {
  readonly #dialect: Dialect;
  readonly #lines: string[] = [];
  readonly #places = new Map<number, YamlPlace>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  finish(): RenderedGherkin {
    return { text: this.#lines.join(''), places: this.#places };
  }

  line(text: string, at?: YamlPlace): void {
    this.#lines.push(`${text}\n`);
    if (at !== undefined) this.#places.set(this.#lines.length, at);
  }

  /** One empty line, however often it is asked for. */
  gap(): void {
    if (this.#lines.at(-1) !== '\n') this.line('');
  }

  tags(tags: readonly CompiledTag[], indent: string): void {
    for (const { name, at } of tags) this.line(`${indent}${name}`, at);
  }

  title(keywords: readonly string[], { name, description, at }: Titled, indent: string): void {
    this.line(`${indent}${keywords[0]}:${name === '' ? '' : ` ${name}`}`, at);
    if (description === '') return;
    // Not indented: Gherkin keeps the blanks before the lines of a description.
    for (const line of description.split('\n')) this.line(line);
    this.gap();
  }

  background(background: CompiledBackground, indent: string): void {
    this.gap();
    this.title(this.#dialect.background, background, indent);
    this.#steps(background.steps, `${indent}  `);
  }

  scenario(scenario: CompiledScenario, indent: string): void {
    const { scenario: plain, scenarioOutline: outline } = this.#dialect;
    this.gap();
    this.tags(scenario.tags, indent);
    // Where a language has two words, the first is that for "Example".
    this.title(scenario.examples.length === 0 ? [plain[1] ?? plain[0] ?? ''] : outline, scenario, indent);
    this.#steps(scenario.steps, `${indent}  `);
    for (const examples of scenario.examples) this.#examples(examples, `${indent}  `);
  }

  #examples(examples: CompiledExamples, indent: string): void {
    this.gap();
    this.tags(examples.tags, indent);
    this.title(this.#dialect.examples, examples, indent);
    const rows = [examples.columns, ...examples.rows.map(({ cells }) => cells)];
    const [header = '', ...body] = tableLines(rows, `${indent}  `);
    this.line(header, examples.at);
    for (const [index, row] of body.entries()) this.line(row, examples.rows[index]?.at);
  }

  #steps(steps: readonly KeywordStep[], indent: string): void {
    for (const step of steps) {
      this.line(`${indent}${keywordFor(step, this.#dialect)}${step.text}`, step.at);
      const { argument } = step;
      if (argument?.kind === 'table') {
        for (const row of tableLines(argument.rows, `${indent}  `)) this.line(row, step.at);
      } else if (argument !== undefined) {
        this.#docString(argument.content, argument.mediaType ?? '', `${indent}  `, step.at);
      }
    }
  }

  #docString(content: string, mediaType: string, indent: string, at: YamlPlace): void {
    for (const line of docStringLines(content, mediaType, indent)) {
      this.#lines.push(line);
      this.#places.set(this.#lines.length, at);
    }
  }
}

/** Columns are padded to one width, unless a cell is so long that nobody could read the table. */
function tableLines(rows: readonly (readonly string[])[], indent: string): string[] {
  const written = rows.map((row) => row.map(cellText));
  const columns = written[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    written.reduce((width, row) => Math.max(width, Math.min(row[column]?.length ?? 0, WIDEST_COLUMN)), 0),
  );
  return written.map(
    (row) => `${indent}| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
}

/** Characters. */
const WIDEST_COLUMN = 40;
