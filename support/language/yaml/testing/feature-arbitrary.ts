import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Document, type Pair, type Scalar as ScalarNode, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import { gherkinLibrary } from '../../gherkin/library.js';
import { type DescriptionOf, refuseCell, refuseDescription, refuseDocString } from '../render-gherkin-text.js';

// --- What a feature is made of: texts that look like Gherkin, like YAML, like tables, like replacement patterns. ---

const HOSTILE = [
  'Given ', 'And ', '* ', 'Scenario:', 'Feature:', 'Rule:', 'Examples:', 'Background:', '@tag', '# language: fr', '#',
  '|', '\\', '\\n', '\\|', '"""', '```', '\\"\\"\\"', '\\`\\`\\`', '<a>', '<b', '$&', '$1', ': ', '- ', '{', '}', '[', ']', '&a',
  '*a', '!!binary', "'", '"', '\t', '\u00a0', '\u2028', '\u0085', '\r', '\u0000', '\u001b[31m', '\ufeff', 'é', '日本', '😀', 'e\u0301', 'true', '12', '~',
] as const; // biome-ignore format: a list of samples
const piece = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 6 }));
const oneLine = fc.array(piece, { maxLength: 6 }).map((pieces) =>
  pieces
    .join('')
    .replace(/[\n\r]/g, ' ')
    .trim(),
);
const anyText = fc
  .array(fc.oneof(piece, fc.constantFrom('\n', '\n\n', '\r\n', '  ')), { maxLength: 10 })
  .map((all) => all.join(''));
const cell = oneLine.map((text) => (refuseCell(text) === undefined ? text.replace(/[<>]/g, '') : 'x'));
const docString = anyText.filter((text) => refuseDocString(text) === undefined);
const tag = fc.stringMatching(/^[a-z0-9:#_é-]{1,12}$/);

const DIALECTS = ['en', 'fr', 'de', 'zh-CN', 'ht', 'en-old'] as const;
type Language = (typeof DIALECTS)[number];

function descriptionIn(language: Language, of: DescriptionOf): fc.Arbitrary<string> {
  const dialect = gherkinLibrary().dialects[language];
  assert.ok(dialect !== undefined);
  return anyText.map((text) =>
    text
      .split(/\r\n?|\n/)
      .map((line) => (refuseDescription(line, of, dialect) === undefined ? line : `- ${line}`))
      .join('\n'),
  );
}

export interface Step {
  readonly text: string;
  readonly table?: readonly (readonly string[])[];
  readonly doc?: string;
  readonly mediaType?: string;
}
type Section = 'given' | 'when' | 'then' | '*';
export interface Table {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
export interface Scenario {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly sections: readonly (readonly [Section, readonly Step[]])[];
  readonly inOrder: boolean;
  readonly columns: readonly string[];
  readonly matrix: readonly (readonly string[])[];
  readonly blocks: boolean;
  readonly tables: readonly Table[];
}
export interface Container {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly background: Scenario | undefined;
  readonly scenarios: readonly Scenario[];
}
export interface Feature extends Container {
  readonly language: Language;
  readonly rules: readonly Container[];
}

const cells = fc
  .integer({ min: 1, max: 3 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 3 }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ text: oneLine }) },
  fc.record({ text: oneLine, table: cells }),
  fc.record({ text: oneLine, doc: docString, mediaType: fc.constantFrom('', 'json', 'a b') }),
);

function scenarioIn(language: Language, outline: boolean): fc.Arbitrary<Scenario> {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b c', 'protocol', 'x.y*', '日本'), { minLength: 1, maxLength: 3 });
  return (outline ? names : fc.constant([])).chain((columns) => {
    const values = fc.array(cell, { minLength: columns.length, maxLength: columns.length });
    const steps = fc.array(step, { minLength: 1, maxLength: 3 });
    const inOrder = fc.boolean();
    return inOrder.chain((ordered) =>
      fc.record<Scenario>({
        name: oneLine,
        description: descriptionIn(language, 'scenario'),
        tags: fc.array(tag, { maxLength: 2 }),
        inOrder: fc.constant(ordered),
        sections: ordered
          ? fc.array(fc.tuple(fc.constantFrom<Section>('given', 'when', 'then', '*'), steps), {
              minLength: 1,
              maxLength: 4,
            })
          : fc
              .subarray<Section>(['given', 'when', 'then'], { minLength: 1 })
              .chain((sections) => fc.tuple(...sections.map((section) => fc.tuple(fc.constant(section), steps)))),
        columns: fc.constant(columns),
        matrix: fc.oneof(
          fc.constant([]),
          fc.tuple(...columns.map(() => fc.uniqueArray(cell, { minLength: 1, maxLength: 3 }))),
        ),
        blocks: fc.boolean(),
        tables: fc.array(
          fc.record({
            name: oneLine,
            description: descriptionIn(language, 'examples'),
            tags: fc.array(tag, { maxLength: 2 }),
            rows: fc.uniqueArray(values, { minLength: 1, maxLength: 3, selector: (row) => JSON.stringify(row) }),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    );
  });
}

function containerIn(language: Language, of: 'feature' | 'rule'): fc.Arbitrary<Container> {
  const background = scenarioIn(language, false).chain((scenario) =>
    descriptionIn(language, 'background').map((description) => ({ ...scenario, description })),
  );
  return fc.record({
    name: oneLine,
    description: descriptionIn(language, of),
    tags: fc.array(tag, { maxLength: 2 }),
    background: fc.option(background, { nil: undefined, freq: 2 }),
    scenarios: fc.array(
      fc.boolean().chain((outline) => scenarioIn(language, outline)),
      { minLength: 1, maxLength: 3 },
    ),
  });
}

/** Features of every shape, with texts that look like Gherkin, YAML, tables and replacement patterns. */
export const anyFeature: fc.Arbitrary<Feature> = fc.constantFrom(...DIALECTS).chain((language) =>
  fc
    .record({
      container: containerIn(language, 'feature'),
      rules: fc.array(containerIn(language, 'rule'), { maxLength: 2 }),
    })
    .map(({ container, rules }) => ({ ...container, language, rules })),
);

// --- The same feature as YAML, each part with a mark by which its line is found again. ---

/** The same feature with a mark, a unique word, at the end of each name, step and value: by it its line is found again. */
export function marked(model: Feature): Feature {
  let marks = 0;
  const mark = (text: string): string => `${text} m${++marks}m`.trim();
  const scenario = (one: Scenario): Scenario => {
    const use = one.columns.map((column) => `<${column}>`).join(' ');
    return {
      ...one,
      name: mark(one.name),
      sections: one.sections.map(([section, all]) => [
        section,
        all.map((each) => ({ ...each, text: mark(`${each.text}${use}`) })),
      ]),
      matrix: one.matrix.map((axis) => axis.map(mark)),
      tables: one.tables.map((each) => ({
        ...each,
        name: mark(each.name),
        rows: each.rows.map((row) => row.map(mark)),
      })),
    };
  };
  const container = (one: Container): Container => ({
    ...one,
    name: mark(one.name),
    background: one.background && scenario(one.background),
    scenarios: one.scenarios.map(scenario),
  });
  return { ...model, ...container(model), rules: model.rules.map(container) };
}

function stepData({ text, table: rows, doc, mediaType }: Step): unknown {
  if (rows !== undefined) return { step: { text, table: rows } };
  if (doc !== undefined) return { step: { text, doc, ...(mediaType === '' ? {} : { mediaType }) } };
  return { step: text };
}

function scenarioData(one: Scenario, key: 'scenario' | 'name'): object {
  const sections = one.sections.map(([section, steps]) => ({ [section]: steps.map(stepData) }));
  const rows = (each: Table) =>
    each.rows.map((row) => Object.fromEntries(one.columns.map((name, i) => [name, row[i]])));
  const tables = one.blocks
    ? one.tables.map((each) => ({
        examples: each.name,
        description: each.description,
        ...tagsData(each.tags),
        rows: rows(each),
      }))
    : one.tables.slice(0, 1).flatMap(rows);
  return {
    [key]: one.name,
    description: one.description,
    ...(key === 'name' ? {} : tagsData(one.tags)),
    ...(one.columns.length === 0 ? {} : { examples: tables }),
    ...(one.matrix.length === 0
      ? {}
      : { matrix: Object.fromEntries(one.columns.map((name, i) => [name, one.matrix[i]])) }),
    ...(one.inOrder ? { steps: sections } : Object.assign({}, ...sections)),
  };
}

function tagsData(tags: readonly string[]): object {
  return tags.length === 0 ? {} : { tags };
}

function containerData(one: Container): object {
  return {
    description: one.description,
    ...tagsData(one.tags),
    ...(one.background === undefined ? {} : { background: scenarioData(one.background, 'name') }),
    scenarios: one.scenarios.map((each) => scenarioData(each, 'scenario')),
  };
}

/** YAML in the styles that people use: `styles` decides for each collection and text. */
export function yamlOf(model: Feature, styles: () => number): string {
  const document = new Document({
    feature: model.name,
    language: model.language,
    ...containerData(model),
    ...(model.rules.length === 0
      ? {}
      : { rules: model.rules.map((rule) => ({ rule: rule.name, ...containerData(rule) })) }),
  });
  visit(document, {
    Scalar(_, node: ScalarNode) {
      if (typeof node.value !== 'string') return;
      // What the writer of YAML makes of several lines without quotes cannot always be read again.
      const style = /[\n\r]/.test(node.value) ? 1 : styles() % 3;
      if (style > 0) node.type = style === 1 ? 'QUOTE_DOUBLE' : 'QUOTE_SINGLE';
    },
    Collection(_, node: YAMLMap | YAMLSeq) {
      const isShort = node.items.every((item) => !('items' in (item as object)) && !isPairOfCollection(item as Pair));
      if (isShort && styles() % 2 === 0) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, blockQuote: false, flowCollectionPadding: styles() % 2 === 0 });
}

function isPairOfCollection(item: Pair): boolean {
  return typeof item.value === 'object' && item.value !== null && 'items' in item.value;
}

// --- What must come out of it. ---

/** Rows in the order of Gherkin's tables: those of the matrix first. */
export function tablesOf(one: Scenario): readonly Table[] {
  if (one.columns.length === 0) return [];
  const cells = one.matrix.reduce<readonly (readonly string[])[]>(
    (rows, axis) => rows.flatMap((row) => axis.map((value) => [...row, value])),
    [[]],
  );
  const matrix = one.matrix.length === 0 ? [] : [{ name: '', description: '', tags: [], rows: cells }];
  const plain = one.tables.slice(0, 1).map((each) => ({ ...each, name: '', description: '', tags: [] }));
  return [...matrix, ...(one.blocks ? one.tables : plain)];
}

function fill(text: string, columns: readonly string[], row: readonly string[]): string {
  return columns.reduce((filled, column, i) => filled.split(`<${column}>`).join(row[i] ?? ''), text);
}

function pickleSteps(one: Scenario, row: readonly string[]): unknown[] {
  const filled = (text: string): string => fill(text, one.columns, row);
  return one.sections.flatMap(([, steps]) =>
    steps.map(({ text, table: rows, doc, mediaType }) => [
      filled(text),
      rows?.map((cells) => cells.map(filled)) ??
        (doc === undefined ? undefined : [filled(doc), mediaType || undefined]),
    ]),
  );
}

export function expectedPickles(model: Feature): unknown[] {
  const at = (tags: readonly string[]): string[] => tags.map((name) => `@${name}`);
  const of = (container: Container, inherited: readonly string[], before: readonly Scenario[]): unknown[] => {
    const backgrounds = [...before, ...(container.background === undefined ? [] : [container.background])];
    return container.scenarios.flatMap((one) => {
      const tags = [...inherited, ...container.tags, ...one.tags];
      const background = backgrounds.flatMap((each) => pickleSteps(each, []));
      if (one.columns.length === 0) return [[one.name, at(tags), [...background, ...pickleSteps(one, [])]]];
      return tablesOf(one).flatMap((each) =>
        each.rows.map((row) => [
          fill(one.name, one.columns, row),
          at([...tags, ...each.tags]),
          [...background, ...pickleSteps(one, row)],
        ]),
      );
    });
  };
  const outer = of(model, [], []);
  const before = model.background === undefined ? [] : [model.background];
  return [...outer, ...model.rules.flatMap((rule) => of(rule, model.tags, before))];
}
