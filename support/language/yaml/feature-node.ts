import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import type { YamlEntry, YamlMapping, YamlNode, YamlPlace } from './node.js';

/** Reads nodes as what a feature needs there, and gathers what is wrong. */
export interface NodeReader {
  /** Nodes of a wrong kind, which were passed over. The schema has told of them. */
  readonly skipped: readonly YamlPlace[];
  skip(node: YamlNode): undefined;
  readonly mistakes: readonly Diagnostic[];
  mistake(rule: string, message: string, at: YamlPlace, help?: readonly string[], notes?: readonly string[]): void;
  add(mistakes: readonly Diagnostic[]): void;
  /** Undefined where there is no entry, or no mapping. */
  mapping(entry: YamlEntry | undefined): YamlMapping | undefined;
  mappingIn(node: YamlNode): YamlMapping | undefined;
  /** Empty where there is no entry, or no list. */
  items(entry: YamlEntry | undefined): readonly YamlNode[];
  /** Text as written. Numbers and booleans are refused. */
  text(entry: YamlEntry | undefined): { readonly text: string; readonly at: YamlPlace } | undefined;
  /** A value of a table: text, number or boolean, as written. */
  value(node: YamlNode, what: string): string | undefined;
}

export function nodeReader(place: (at: YamlPlace) => SourcePlace): NodeReader {
  const skipped: YamlPlace[] = [];
  const mistakes: Diagnostic[] = [];
  const skip = ({ at }: YamlNode): undefined => {
    skipped.push(at);
  };
  const mappingIn = (node: YamlNode): YamlMapping | undefined => (node.kind === 'mapping' ? node : skip(node));
  return {
    skipped,
    skip,
    mistakes,
    mistake(rule, message, at, help = [], notes = []) {
      mistakes.push({ rule, message, at: place(at), help, notes });
    },
    add: (found) => void mistakes.push(...found),
    mapping: (entry) => (entry === undefined ? undefined : mappingIn(entry.value)),
    mappingIn,
    items(entry) {
      if (entry === undefined) return [];
      if (entry.value.kind === 'sequence') return entry.value.items;
      skip(entry.value);
      return [];
    },
    text(entry) {
      if (entry === undefined) return undefined;
      const { value } = entry;
      if (value.kind === 'scalar' && typeof value.value === 'string') return { text: value.value, at: value.at };
      return skip(value);
    },
    value(node, what) {
      if (node.kind !== 'scalar' || node.value instanceof Uint8Array) {
        mistakes.push({
          rule: 'value-not-scalar',
          message: `${what} must be one word, text or number, not ${kindOf(node)}`,
          at: place(node.at),
          help: ['what is the same in all rows can stand in the step itself; a row holds only what differs'],
        });
        return undefined;
      }
      if (node.value === null) {
        mistakes.push({
          rule: 'value-missing',
          message: `${what} is empty`,
          at: place(node.at),
          help: ['write the value, or "" for the empty text'],
        });
        return undefined;
      }
      return typeof node.value === 'string' ? node.value : node.source;
    },
  };
}

function kindOf(node: YamlNode): string {
  if (node.kind === 'scalar') return 'bytes';
  return node.kind === 'sequence' ? 'a list' : 'a mapping';
}

/** The last line that belongs to a node. */
export function lastLineOf(node: YamlNode): number {
  if (node.kind === 'scalar') return node.at.line;
  const last = node.kind === 'sequence' ? node.items.at(-1) : node.entries.at(-1)?.value;
  return last === undefined ? node.at.line : Math.max(node.at.line, lastLineOf(last));
}
