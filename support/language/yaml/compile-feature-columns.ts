import { nearest } from '../../model/nearest.js';
import type { Column } from './compile-feature-examples.js';
import type { CompiledScenario, KeywordStep } from './feature.js';
import type { NodeReader } from './feature-node.js';
import type { YamlPlace } from './node.js';

/** Which placeholders are looked at for a slip of the pen; more would cost more than they help. */
const MOST_SUSPECTS = 50;

/** Finds columns that the scenario never uses, and placeholders that were most likely meant for another name. */
export function checkColumns(scenario: CompiledScenario, columns: readonly Column[], read: NodeReader): void {
  if (columns.length === 0) return;
  const used = placeholdersOf(scenario);
  const names = new Set(columns.map(({ name }) => name));
  const suspects = [...used].filter(([name]) => !names.has(name)).slice(0, MOST_SUSPECTS);
  const meant = new Set<string>();
  for (const [name, at] of suspects) {
    const column = columns.length > MOST_SUSPECTS ? undefined : columnMeant(name, names);
    if (column === undefined) continue;
    meant.add(column);
    read.mistake('unknown-placeholder', `there is no column "${name}" for <${name}>`, at, [
      `the nearest column is: <${column}>`,
    ]);
  }
  for (const { name, at } of columns) {
    if (used.has(name) || meant.has(name)) continue;
    read.mistake('unused-column', `the scenario never uses the column "${name}"`, at, [
      `write <${name}> where its value belongs, in the scenario's name or in a step; or remove the column`,
    ]);
  }
  checkValues(scenario, names, read);
}

/** Gherkin puts values in one after the other, so that a placeholder in a value may or may not be replaced. */
function checkValues({ examples }: CompiledScenario, names: ReadonlySet<string>, read: NodeReader): void {
  for (const { rows } of examples) {
    for (const { cells, at } of rows) {
      for (const cell of cells) {
        const name = placeholdersIn(cell).find((each) => names.has(each));
        if (name === undefined) continue;
        read.mistake('placeholder-in-value', `a value cannot contain <${name}>`, at, [
          'write what is meant: values do not refer to other columns',
        ]);
      }
    }
  }
}

/** What is written in angle brackets in the scenario's name and steps, and where first. */
function placeholdersOf({ name, at, steps }: CompiledScenario): ReadonlyMap<string, YamlPlace> {
  const found = new Map<string, YamlPlace>();
  const add = (text: string, place: YamlPlace): void => {
    for (const each of placeholdersIn(text)) if (!found.has(each)) found.set(each, place);
  };
  add(name, at);
  for (const step of steps) for (const text of textsOf(step)) add(text, step.at);
  return found;
}

function textsOf({ text, argument }: KeywordStep): readonly string[] {
  if (argument === undefined) return [text];
  if (argument.kind === 'table') return [text, ...argument.rows.flat()];
  return [text, argument.content, argument.mediaType ?? ''];
}

function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/<([^<>]*)>/g)].map(([, name = '']) => name);
}

/** `<b>` in a payload is no slip of `<n>`: short names must differ in case, blanks or hyphens only. */
function columnMeant(name: string, names: ReadonlySet<string>): string | undefined {
  if (name.length > 100) return undefined;
  const folded = fold(name);
  if (folded === '') return undefined;
  const same = [...names].find((each) => fold(each) === folded);
  return same ?? (folded.length < 4 ? undefined : nearest(name, names));
}

function fold(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}
