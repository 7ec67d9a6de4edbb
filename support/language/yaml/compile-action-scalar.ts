import type { Diagnostic } from '../diagnostic.js';
import { takes } from '../parameter-type.js';
import type { ActionContext } from './action.js';
import type { ValueContext } from './compile-action-value.js';
import type { Slot } from './face.js';
import { isInteger, isNumeric } from './face-shape.js';
import type { YamlNode, YamlScalar } from './node.js';

/** Whether a text contains `<name>` of one of the scenario's columns. */
export function hasPlaceholder(text: string, { placeholders }: ActionContext): boolean {
  return placeholders.size > 0 && namesIn(text).some((name) => placeholders.has(name));
}

/** The first `<name>` in a text that is no column of the scenario. */
export function unknownPlaceholder(text: string, { placeholders }: ActionContext): string | undefined {
  return namesIn(text).find((name) => !placeholders.has(name));
}

export function looksLikePlaceholder(text: string): boolean {
  return namesIn(text).length > 0;
}

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/<([^<>\n]+)>/g)].map(([, name]) => name ?? '');
}

/** The text of a parameter in its step. Notes a mistake where the value cannot be it. `key`: whose value it is. */
export function parameterText(
  slot: Slot,
  node: YamlNode,
  key: string,
  context: ValueContext,
  mistakes: Diagnostic[],
): string {
  if (node.kind !== 'scalar') throw new Error('a parameter is a scalar');
  if (isNumeric(slot)) return numberText(slot, node, key, context, mistakes);
  const { value } = node;
  // A number or a boolean gets here only where a declared type may take it, and is read as it was written.
  const text = typeof value === 'string' ? value : node.source;
  const open = hasPlaceholder(text, context);
  const quoted = slot.type === 'string' ? quote(text) : undefined;
  if (slot.type === 'string' && quoted === undefined) mistakes.push(context.wrong.unquotable(node, key));
  else if (!open && isExcluded(text, slot)) mistakes.push(context.wrong.excluded(node, key, slot));
  if (slot.type === 'string') return quoted ?? '';
  if (open) return text;
  const type = context.vocabulary.types.get(slot.type);
  if (type === undefined) {
    if (slot.type === 'word' && !/^\S+$/.test(text)) mistakes.push(context.wrong.noWord(node, key));
    return text;
  }
  if (!takes(type, text)) mistakes.push(context.wrong.refused(node, key, type));
  return text;
}

function numberText(slot: Slot, node: YamlScalar, key: string, context: ValueContext, mistakes: Diagnostic[]): string {
  const { value, source } = node;
  if (typeof value === 'string') {
    if (!hasPlaceholder(value, context)) mistakes.push(context.wrong.unknownColumn(node, value));
    return value;
  }
  const written = isInteger(slot) ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
  const text = written.test(source) ? source : String(value);
  if (!written.test(text)) mistakes.push(context.wrong.notTheNumber(node, key, slot));
  else if (isExcluded(text, slot)) mistakes.push(context.wrong.excluded(node, key, slot));
  return text;
}

/** Whether a parameter's schema refuses its text, unquoted. */
export function isExcluded(text: string, { schema = {} }: Pick<Slot, 'schema'>): boolean {
  const { enum: values, minimum, maximum, pattern } = schema;
  return (
    (values !== undefined && !values.includes(text)) ||
    (minimum !== undefined && Number(text) < minimum) ||
    (maximum !== undefined && Number(text) > maximum) ||
    (pattern !== undefined && !new RegExp(pattern).test(text))
  );
}

const STRING = /^(?:"([^"\\]*(?:\\.[^"\\]*)*)"|'([^'\\]*(?:\\.[^'\\]*)*)')$/;

/**
 * A text as Cucumber's `{string}` reads it, in double quotes where both kinds do. Undefined where neither does: a line
 * break, a backslash before a quote or an odd number of them at the end cannot be written.
 */
export function quote(text: string): string | undefined {
  if (/[\r\n]/.test(text)) return undefined;
  const double = `"${text.replaceAll('"', '\\"')}"`;
  const single = `'${text.replaceAll("'", "\\'")}'`;
  const candidates = text.includes('"') && !text.includes("'") ? [single, double] : [double, single];
  return candidates.find((candidate) => unquote(candidate) === text);
}

/** The text of a `{string}`; undefined if it is none. */
export function unquote(quoted: string): string | undefined {
  const match = STRING.exec(quoted);
  if (match === null) return undefined;
  return (match[1] ?? match[2] ?? '').replaceAll('\\"', '"').replaceAll("\\'", "'");
}

/** Bytes as pairs of hexadecimal digits. */
export function hexadecimal(node: YamlNode): string {
  if (node.kind !== 'scalar' || !(node.value instanceof Uint8Array)) throw new Error('no bytes');
  return [...node.value].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
