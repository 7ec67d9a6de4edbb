import type { YAMLMap } from 'yaml';
import type { GherkinDocument } from '../plan.js';
import { MOST_CELLS } from './matrix.js';
import { dataNode, LINE_WIDTH, mapping, sequence } from './write-layout.js';

type Feature = NonNullable<GherkinDocument['feature']>;
type Examples = NonNullable<Feature['children'][number]['scenario']>['examples'][number];
type Row = Examples['tableBody'][number];

/** A row of a scenario's examples, by column: what `<name>` may stand for. Empty where there are none. */
export function sampleRowOf(examples: readonly Examples[]): ReadonlyMap<string, string> {
  const row = new Map<string, string>();
  for (const { tableHeader, tableBody } of examples) {
    for (const [index, { value: column }] of (tableHeader?.cells ?? []).entries()) {
      if (!row.has(column)) row.set(column, tableBody[0]?.cells[index]?.value ?? '');
    }
  }
  return row;
}

export interface ExamplesContext {
  /** How far the keys of the scenario are indented. */
  readonly indent: number;
  /** Whether a comment stands between these lines of the Gherkin text. */
  commented(from: number, to: number): boolean;
  written(node: unknown, place: { readonly line: number }): void;
  tags(tags: Examples['tags']): unknown;
  description(text: string): string | undefined;
}

/** The entry of a scenario's examples; undefined where it has none. */
export function examplesEntry(
  examples: readonly Examples[],
  context: ExamplesContext,
): readonly [key: string, value: unknown] | undefined {
  const [first, second] = examples;
  if (first === undefined) return undefined;
  const { name, description, tags, tableBody } = first;
  const plain = second === undefined && name === '' && description === '' && tags.length === 0 && tableBody.length > 0;
  // A row with this column would be taken for a block.
  const looksLikeBlock = namesOf(first).includes('rows');
  if (!plain || looksLikeBlock) return ['examples', sequence(examples.map((block) => blockOf(block, context)))];
  const axes = commentedWithin(first, context) ? undefined : axesOf(first);
  const room = LINE_WIDTH - context.indent;
  if (axes !== undefined) return ['matrix', dataNode(axes, room - 'matrix: '.length)];
  return ['examples', rowsOf(first, context.indent, context)];
}

function blockOf(block: Examples, context: ExamplesContext): YAMLMap {
  const node = mapping([
    ['examples', block.name === '' ? undefined : block.name],
    ['description', context.description(block.description)],
    ['tags', context.tags(block.tags)],
    ['rows', rowsOf(block, context.indent + 4, context)],
  ]);
  context.written(node, block.location);
  return node;
}

function rowsOf(block: Examples, indent: number, context: ExamplesContext): unknown {
  const rows = block.tableBody.map((row) => {
    const node = dataNode(cellsOf(block, row), LINE_WIDTH - indent - 4);
    context.written(node, row.location);
    return node;
  });
  return sequence(rows);
}

function cellsOf(block: Examples, row: Row): ReadonlyMap<string, unknown> {
  return new Map(namesOf(block).map((name, index) => [name, cellValue(row.cells[index]?.value ?? '')]));
}

function namesOf({ tableHeader }: Examples): readonly string[] {
  return tableHeader?.cells.map(({ value }) => value) ?? [];
}

/** Numbers and booleans need no quotes in a table where they are written as YAML writes them. */
function cellValue(cell: string): string | number | boolean {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  const isNumber = /^-?(0|[1-9]\d{0,14})(\.\d{1,9})?$/.test(cell) && String(Number(cell)) === cell;
  return isNumber ? Number(cell) : cell;
}

/** Keys of a matrix that are no axes. */
const RESERVED: ReadonlySet<string> = new Set(['include', 'exclude']);

/**
 * The axes whose combinations are exactly these rows in this order, the last axis changing fastest; undefined where
 * there are none, or where a matrix would say no more than its rows.
 */
function axesOf(block: Examples): ReadonlyMap<string, readonly unknown[]> | undefined {
  const names = namesOf(block);
  const { tableBody } = block;
  if (names.length === 0 || names.some((name) => RESERVED.has(name)) || tableBody.length < 2) return undefined;
  const axes = names.map((_, column) => [...new Set(tableBody.map(({ cells }) => cells[column]?.value ?? ''))]);
  if (axes.some(({ length }) => length < 2)) return undefined;
  const size = axes.reduce((product, { length }) => product * length, 1);
  if (size !== tableBody.length || size > MOST_CELLS) return undefined;
  let period = size;
  for (const [column, axis] of axes.entries()) {
    period /= axis.length;
    const isAxis = tableBody.every(
      ({ cells }, row) => cells[column]?.value === axis[Math.floor(row / period) % axis.length],
    );
    if (!isAxis) return undefined;
  }
  return new Map(names.map((name, column) => [name, axes[column]?.map(cellValue) ?? []]));
}

function commentedWithin({ location, tableBody }: Examples, context: ExamplesContext): boolean {
  return context.commented(location.line, tableBody.at(-1)?.location.line ?? location.line);
}
