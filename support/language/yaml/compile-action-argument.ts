import type { Diagnostic } from '../diagnostic.js';
import type { StepArgument } from './action.js';
import type { ActionMistakes } from './compile-action-mistakes.js';
import { jsonText } from './face-json.js';
import type { YamlNode } from './node.js';
import { losesBlanks } from './render-gherkin-text.js';

interface ArgumentContext {
  /** Made when it is first asked for: not to be taken out of the context without need. */
  readonly wrong: Pick<ActionMistakes, 'cell' | 'carriageReturn' | 'noText' | 'noJson'>;
}

/** A text below a step. A carriage return at the end of a line would be lost. */
export function docStringOf(node: YamlNode, context: ArgumentContext, mistakes: Diagnostic[]): StepArgument {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') {
    mistakes.push(context.wrong.noText(node));
    return { kind: 'text', content: '' };
  }
  if (/\r(\n|$)/.test(node.value)) mistakes.push(context.wrong.carriageReturn(node));
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
    const [first] = rows;
    const odd = rows.findIndex((row) => row.length !== first?.length || row.length === 0);
    const place = table.items[odd];
    if (place !== undefined) mistakes.push(context.wrong.cell(place, rows));
    return rows;
  }

  /** A value that is left out is an empty cell. */
  function cell(item: YamlNode): string {
    if (item.kind === 'scalar' && item.value === null) return '';
    const text = item.kind === 'scalar' && typeof item.value === 'string' ? item.value : undefined;
    if (text === undefined || losesBlanks(text)) mistakes.push(context.wrong.cell(item));
    return text ?? '';
  }
}
