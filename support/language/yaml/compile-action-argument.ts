import type { Diagnostic } from '../diagnostic.js';
import type { StepArgument } from './action.js';
import type { ActionMistakes } from './compile-action-mistakes.js';
import { jsonText } from './face-json.js';
import type { YamlNode } from './node.js';
import { refuseCell, refuseDocString } from './render-gherkin-text.js';

interface ArgumentContext {
  /** Made when it is first asked for: not to be taken out of the context without need. */
  readonly wrong: Pick<ActionMistakes, 'cell' | 'unevenRow' | 'noText' | 'noJson' | 'unwritable'>;
}

/** A text below a step. */
export function docStringOf(node: YamlNode, context: ArgumentContext, mistakes: Diagnostic[]): StepArgument {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    mistakes.push(context.wrong.noText(node));
    return { kind: 'text', content: '' };
  }
  const refusal = refuseDocString(node.value);
  if (refusal !== undefined) mistakes.push(context.wrong.unwritable(node, 'the text', refusal));
  return { kind: 'text', content: node.value };
}

/** Any value as JSON below a step. */
export function jsonDocStringOf(node: YamlNode, context: ArgumentContext, mistakes: Diagnostic[]): StepArgument {
  const content = jsonText(node);
  if (content === undefined) mistakes.push(context.wrong.noJson(node));
  return { kind: 'text', content: content ?? '', mediaType: 'json' };
}

/** A table: rows of a mapping's names and values, or a list of rows. Cells are as the step gets them, not escaped. */
export function tableOf(node: YamlNode, context: ArgumentContext, mistakes: Diagnostic[]): StepArgument {
  return { kind: 'table', rows: rowsOf(node) };

  function rowsOf(table: YamlNode): readonly (readonly string[])[] {
    if (table.kind === 'mapping') {
      return table.entries.flatMap(({ key, keyAt, value }) => {
        const name = cell({ kind: 'scalar', value: key, source: key, style: 'plain', at: keyAt });
        return (value.kind === 'sequence' ? value.items : [value]).map((item) => [name, cell(item)]);
      });
    }
    if (table.kind === 'scalar') {
      mistakes.push(context.wrong.cell(table));
      return [];
    }
    const rows = table.items.map((row) => (row.kind === 'sequence' ? row.items : [row]).map(cell));
    const uneven = rows.findIndex((row) => row.length !== rows[0]?.length || row.length === 0);
    const place = table.items[uneven];
    if (place !== undefined) mistakes.push(context.wrong.unevenRow(place, rows));
    return rows;
  }

  /** A value that is left out is an empty cell. */
  function cell(item: YamlNode): string {
    if (item.kind === 'scalar' && item.value === null) return '';
    const text = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : undefined;
    const refusal = text === undefined ? undefined : refuseCell(text);
    if (text === undefined) mistakes.push(context.wrong.cell(item));
    if (refusal !== undefined) mistakes.push(context.wrong.unwritable(item, 'the cell', refusal));
    return text ?? '';
  }
}
