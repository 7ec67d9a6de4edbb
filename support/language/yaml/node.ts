/**
 * A YAML document as plain data: tags resolved, aliases expanded, every node with its place. Everything that works on
 * YAML works on this tree; only the reader knows the parser behind it.
 */
export type YamlNode = YamlScalar | YamlSequence | YamlMapping;

/** Where a node or key stands in its file. */
export interface YamlPlace {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly column: number;
  /** How many characters of the first line belong to it; at least 1. */
  readonly length: number;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  /** As YAML 1.2's core schema reads it; `!!binary` gives bytes. */
  readonly value: string | number | boolean | null | Uint8Array;
  /** As written, without quotes or block indicator: what a number or a date looked like before it was read. */
  readonly source: string;
  readonly style: 'plain' | 'quoted' | 'block';
  readonly at: YamlPlace;
}

export interface YamlSequence {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
  readonly at: YamlPlace;
}

export interface YamlMapping {
  readonly kind: 'mapping';
  /** In the order of the file. Keys are unique. */
  readonly entries: readonly YamlEntry[];
  readonly at: YamlPlace;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyAt: YamlPlace;
  readonly value: YamlNode;
}

/** The entry of a mapping; undefined where the node is none or has no such key. */
export function entryOf(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  return node?.kind === 'mapping' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The node as JSON data, for schema validation. Bytes become base64 text. */
export function plainValue(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value instanceof Uint8Array ? Buffer.from(node.value).toString('base64') : node.value;
    case 'sequence':
      return node.items.map(plainValue);
    case 'mapping':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
  }
}
