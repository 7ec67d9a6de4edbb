import type { YamlNode, YamlPlace } from './node.js';

const NOWHERE: YamlPlace = { line: 1, column: 1, length: 1 };

/** JSON data as a tree without places, for what has no file. Bytes stand for `!!binary`. */
export function nodeOf(value: unknown): YamlNode {
  if (Array.isArray(value)) return { kind: 'sequence', items: value.map(nodeOf), at: NOWHERE };
  if (value instanceof Uint8Array) return { kind: 'scalar', value, source: '', style: 'quoted', at: NOWHERE };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => ({ key, keyAt: NOWHERE, value: nodeOf(inner) }));
    return { kind: 'mapping', entries, at: NOWHERE };
  }
  if (typeof value === 'string') return { kind: 'scalar', value, source: value, style: 'quoted', at: NOWHERE };
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return { kind: 'scalar', value, source: String(value), style: 'plain', at: NOWHERE };
  }
  throw new Error(`${typeof value} is no YAML`);
}
