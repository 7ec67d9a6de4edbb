import type { YamlNode } from './node.js';

/** The longest line that a collection is written on. */
const WIDTH = 100;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A YAML value as JSON: `{ "a": 1, "b": [1, 2] }`, over several lines where it is longer. Numbers stay as they are written
 * where JSON can write them so; bytes become base64. Undefined where a number is infinite or none.
 */
export function jsonText(node: YamlNode, indent = ''): string | undefined {
  if (node.kind === 'scalar') {
    const { value, source } = node;
    if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
    if (typeof value !== 'number') return JSON.stringify(value);
    if (NUMBER.test(source)) return source;
    return Number.isFinite(value) ? JSON.stringify(value) : undefined;
  }
  const inner = `${indent}  `;
  const parts =
    node.kind === 'sequence'
      ? node.items.map((item) => jsonText(item, inner))
      : node.entries.map(({ key, value }) => join(`${JSON.stringify(key)}: `, jsonText(value, inner)));
  const [open, close] = node.kind === 'sequence' ? ['[', ']'] : ['{', '}'];
  if (parts.includes(undefined)) return undefined;
  if (parts.length === 0) return open + close;
  const blank = node.kind === 'sequence' ? '' : ' ';
  const line = `${open}${blank}${parts.join(', ')}${blank}${close}`;
  if (indent.length + line.length <= WIDTH && !line.includes('\n')) return line;
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

function join(key: string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : key + value;
}
