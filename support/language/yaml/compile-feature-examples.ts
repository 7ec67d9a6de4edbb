import { nearest } from '../../model/nearest.js';
import type { CompiledExamples, CompiledRow, CompiledTag, Titled } from './feature.js';
import type { NodeReader } from './feature-node.js';
import { type Axis, type Combination, cellsOf, countCells, MOST_CELLS } from './matrix.js';
import { entryOf, type YamlEntry, type YamlMapping, type YamlNode, type YamlPlace } from './node.js';
import { refuseCell } from './render-gherkin-text.js';

/** A column of a scenario's tables, and where it is named first. */
export interface Column {
  readonly name: string;
  readonly at: YamlPlace;
}

export interface ExamplesContext {
  readonly read: NodeReader;
  titled(block: YamlMapping, at: YamlPlace): Titled | undefined;
  tags(entry: YamlEntry | undefined): readonly CompiledTag[];
}

/** The tables of a scenario: that of its matrix, and those of its examples. All have the same columns. */
export function compileExamples(
  scenario: YamlMapping,
  context: ExamplesContext,
): { readonly columns: readonly Column[]; readonly tables: readonly CompiledExamples[] } {
  const columns: Column[] = [];
  const matrix = compileMatrix(entryOf(scenario, 'matrix'), columns, context);
  const blocks = compileBlocks(entryOf(scenario, 'examples'), columns, context);
  return { columns, tables: [...matrix, ...blocks] };
}

function compileMatrix(entry: YamlEntry | undefined, columns: Column[], { read }: ExamplesContext): CompiledExamples[] {
  const node = read.mapping(entry);
  if (entry === undefined || node === undefined) return [];
  const axes = node.entries
    .filter(({ key }) => key !== 'include' && key !== 'exclude')
    .map((axis) => axisOf(axis, read));
  if (axes.length === 0) {
    read.mistake('matrix-without-axis', 'the matrix has no axis', entry.keyAt, [
      'add one, for example "protocol: [HTTP/1.1, HTTP/2]"; rows alone belong under "examples"',
    ]);
    return [];
  }
  columns.push(...axes);
  const included = combinationsOf(entryOf(node, 'include'), columns, 'all', read);
  const excluded = combinationsOf(entryOf(node, 'exclude'), columns, 'some', read);
  if (axes.some(({ values }) => values.length === 0)) return [];
  const cells = countCells(axes, included.length);
  if (cells > MOST_CELLS) {
    const sizes = axes.map(({ name, values }) => `${name} has ${values.length}`).join(', ');
    read.mistake(
      'matrix-too-large',
      `a matrix of ${cells.toLocaleString('en')} cells is too large: one scenario may have ${MOST_CELLS.toLocaleString('en')}`,
      entry.keyAt,
      ['leave out values, or make several scenarios of it; "exclude" does not count'],
      axes.length > 12 ? [] : [sizes],
    );
    return [];
  }
  const { rows, idle } = cellsOf(axes, excluded, included, entry.keyAt);
  for (const { at } of idle) {
    read.mistake('exclude-without-effect', 'this excludes nothing: no cell of the matrix has these values', at, [
      'correct the values, or remove it',
    ]);
  }
  if (rows.length === 0) {
    read.mistake('matrix-all-excluded', 'every cell of the matrix is excluded', entry.keyAt, [
      'remove what excludes too much, or the scenario',
    ]);
  }
  checkRepeated(rows, 'cell', read);
  const names = axes.map(({ name }) => name);
  return [{ name: '', description: '', at: entry.keyAt, tags: [], columns: names, rows }];
}

function axisOf(entry: YamlEntry, read: NodeReader): Axis & Column {
  checkColumn(entry, read);
  const items = read.items(entry);
  if (items.length === 0 && entry.value.kind === 'sequence') {
    read.mistake('axis-without-values', `the axis "${entry.key}" has no values`, entry.keyAt, [
      'give it values, or remove it',
    ]);
  }
  const values = items.flatMap((item) => {
    const text = cellOf(item, `a value of "${entry.key}"`, read);
    return text === undefined ? [] : [{ text, at: item.at }];
  });
  const seen = new Set<string>();
  const distinct = values.filter(({ text, at }) => {
    const isNew = !seen.has(text);
    if (!isNew) {
      read.mistake('repeated-value', `"${text}" is a value of "${entry.key}" already`, at, ['remove one of them']);
    }
    seen.add(text);
    return isNew;
  });
  return { name: entry.key, values: distinct, at: entry.keyAt };
}

/** The items of `include`, which name all axes, or of `exclude`, which name some. */
function combinationsOf(
  entry: YamlEntry | undefined,
  columns: readonly Column[],
  which: 'all' | 'some',
  read: NodeReader,
): readonly Combination[] {
  if (entry === undefined) return [];
  return read.items(entry).flatMap((item) => {
    const node = read.mappingIn(item);
    if (node === undefined) return [];
    if (node.entries.length === 0) {
      read.mistake('empty-row', `this item of "${entry.key}" is empty`, node.at, ['name axes and their values']);
      return [];
    }
    const values = rowOf(node, columns, which, `"${entry.key}"`, read);
    return values === undefined ? [] : [{ values, at: node.at }];
  });
}

function compileBlocks(entry: YamlEntry | undefined, columns: Column[], context: ExamplesContext): CompiledExamples[] {
  const { read } = context;
  if (entry === undefined) return [];
  const items = read.items(entry);
  if (items.length === 0 && entry.value.kind === 'sequence') {
    read.mistake('no-rows', '"examples" has no rows', entry.keyAt, ['add a row, for example "- { size: 1 MiB }"']);
  }
  const isBlock = (item: YamlNode): boolean => entryOf(item, 'rows') !== undefined;
  if (!items.some(isBlock)) {
    const rows = rowsOf(items, columns, read);
    return items.length === 0 ? [] : [tableOf({ name: '', description: '', at: entry.keyAt }, [], columns, rows, read)];
  }
  return items.flatMap((item) => {
    const node = read.mappingIn(item);
    const rowsEntry = entryOf(node, 'rows');
    if (node === undefined) return [];
    if (rowsEntry === undefined) {
      read.mistake('mixed-examples', 'this block of examples has no "rows"', node.at, [
        'either all items of "examples" are rows, or all are blocks with "rows"',
      ]);
      return [];
    }
    const titled = context.titled(node, rowsEntry.keyAt);
    const tags = context.tags(entryOf(node, 'tags'));
    const inBlock = read.items(rowsEntry);
    if (inBlock.length === 0 && rowsEntry.value.kind === 'sequence') {
      read.mistake('no-rows', '"rows" has no rows', rowsEntry.keyAt, ['add a row, for example "- { size: 1 MiB }"']);
    }
    const rows = rowsOf(inBlock, columns, read);
    return titled === undefined ? [] : [tableOf(titled, tags, columns, rows, read)];
  });
}

function tableOf(
  titled: Titled,
  tags: readonly CompiledTag[],
  columns: readonly Column[],
  rows: readonly CompiledRow[],
  read: NodeReader,
): CompiledExamples {
  checkRepeated(rows, 'row', read);
  return { ...titled, tags, columns: columns.map(({ name }) => name), rows };
}

/** The first row of a scenario without a matrix says which columns there are. */
function rowsOf(items: readonly YamlNode[], columns: Column[], read: NodeReader): readonly CompiledRow[] {
  return items.flatMap((item) => {
    const node = read.mappingIn(item);
    if (node === undefined) return [];
    if (node.entries.length === 0) {
      read.mistake('empty-row', 'this row is empty', node.at, ['name columns and their values']);
      return [];
    }
    if (columns.length === 0) {
      for (const entry of node.entries) checkColumn(entry, read);
      columns.push(...node.entries.map(({ key, keyAt }) => ({ name: key, at: keyAt })));
    }
    const values = rowOf(node, columns, 'all', 'the row', read);
    return values === undefined ? [] : [{ cells: columns.map(({ name }) => values.get(name) ?? ''), at: node.at }];
  });
}

/** Undefined where the row does not fit the columns. */
function rowOf(
  node: YamlMapping,
  columns: readonly Column[],
  which: 'all' | 'some',
  where: string,
  read: NodeReader,
): ReadonlyMap<string, string> | undefined {
  const names = new Set(columns.map(({ name }) => name));
  const values = new Map<string, string>();
  let fits = true;
  for (const entry of node.entries) {
    if (!names.has(entry.key)) {
      // One letter is near to every other.
      const known = entry.key.length < 2 ? undefined : nearest(entry.key, names);
      read.mistake('unknown-column', `${where} has a column "${entry.key}", which the others have not`, entry.keyAt, [
        known === undefined ? `the columns are: ${shortList(names)}` : `the nearest column is: ${known}`,
      ]);
      fits = false;
      continue;
    }
    const text = cellOf(entry.value, `the value of "${entry.key}"`, read);
    if (text === undefined) fits = false;
    else values.set(entry.key, text);
  }
  const missing = which === 'some' ? [] : [...names].filter((name) => entryOf(node, name) === undefined);
  if (missing.length > 0) {
    read.mistake('missing-column', `${where} has no value for ${shortList(missing)}`, node.at, [
      'every row has the same columns; write "" for the empty text',
    ]);
    fits = false;
  }
  return fits ? values : undefined;
}

function cellOf(node: YamlNode, what: string, read: NodeReader): string | undefined {
  const text = read.value(node, what);
  const refusal = text === undefined ? undefined : refuseCell(text);
  if (refusal === undefined) return text;
  read.mistake('unusable-value', `${what} ${refusal.reason}`, node.at, [refusal.help]);
  return undefined;
}

function checkColumn({ key, keyAt }: YamlEntry, read: NodeReader): void {
  if (key !== '' && refuseCell(key) === undefined && !/[<>\n\r]/.test(key)) return;
  read.mistake('unusable-column', `"${key}" cannot be the name of a column`, keyAt, [
    'a name is one line without "<", ">" and blanks around it, for example: listen interface',
  ]);
}

function checkRepeated(rows: readonly CompiledRow[], what: string, read: NodeReader): void {
  const seen = new Set<string>();
  for (const { cells, at } of rows) {
    const key = JSON.stringify(cells);
    if (seen.has(key)) {
      read.mistake('repeated-row', `this ${what} is there already: the same scenario would run twice`, at, [
        'remove one of them',
      ]);
    }
    seen.add(key);
  }
}

function shortList(names: Iterable<string>): string {
  const all = [...names].map((name) => `"${name}"`);
  return all.length > 12 ? `${all.slice(0, 12).join(', ')}, …` : all.join(', ');
}
