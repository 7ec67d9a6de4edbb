import { isCollection, isMap, isPair, isScalar, isSeq, Scalar, YAMLMap, YAMLSeq } from 'yaml';

/** The widest a line gets where its content can be broken. */
export const LINE_WIDTH = 120;

type StringifyArguments = Parameters<YAMLSeq['toString']>;
type Context = StringifyArguments[0];
type Listeners = StringifyArguments extends [unknown?, ...infer Rest] ? Rest : never;

/** A list, which on one line has no blanks inside of its brackets: `[a, b]`. */
class Sequence extends YAMLSeq {
  override toString(context?: Context, ...listeners: Listeners): string {
    return super.toString(withPadding(context, ''), ...listeners);
  }
}

/** A mapping, which has them: `{ a: b }`. */
class Mapping extends YAMLMap {
  override toString(context?: Context, ...listeners: Listeners): string {
    return super.toString(withPadding(context, ' '), ...listeners);
  }
}

function withPadding(context: Context, flowCollectionPadding: string): Context {
  return context === undefined ? undefined : Object.assign({}, context, { flowCollectionPadding });
}

export function sequence(items: readonly unknown[]): YAMLSeq {
  const list = new Sequence();
  list.items.push(...items);
  return list;
}

/** A mapping; entries without a value are left out. */
export function mapping(entries: readonly (readonly [key: string, value: unknown])[]): YAMLMap {
  const map = new Mapping();
  for (const [key, value] of entries) {
    if (value !== undefined) map.add({ key: keyOf(key), value: isCollection(value) ? value : nodeOf(value) });
  }
  return map;
}

/** JSON data, or a `Map` where names may be numbers and their order counts, as nodes; on one line where that fits into `room` characters. Bytes become `!!binary`. */
export function dataNode(data: unknown, room: number): unknown {
  const node = nodeOf(data);
  layOut(node, room);
  return node;
}

function nodeOf(data: unknown): unknown {
  if (isScalar(data)) return data;
  if (data instanceof Uint8Array) {
    const bytes = new Scalar(Buffer.from(data));
    bytes.tag = 'tag:yaml.org,2002:binary';
    if (isShort(data)) bytes.type = Scalar.PLAIN;
    return bytes;
  }
  if (Array.isArray(data)) return sequence(data.map(nodeOf));
  if (typeof data === 'object' && data !== null) {
    const entries: readonly (readonly [string, unknown])[] = data instanceof Map ? [...data] : Object.entries(data);
    return mapping(entries.map(([key, value]) => [key, nodeOf(value)]));
  }
  const scalar = new Scalar(data);
  if (typeof data === 'string' && needsQuotes(data)) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

/** Whether bytes stand on one line. */
function isShort(bytes: Uint8Array): boolean {
  return base64Length(bytes) <= LINE_WIDTH / 2;
}

function base64Length({ length }: Uint8Array): number {
  return Math.ceil(length / 3) * 4;
}

/** Without quotes, `<<` would be a merge key. */
function keyOf(key: string): Scalar {
  const node = new Scalar(key);
  if (key === '<<' || NOT_PRINTABLE.test(key)) node.type = Scalar.QUOTE_DOUBLE;
  return node;
}

/** Puts a collection on one line if it is not too long for that, else each of its parts on lines of its own. */
function layOut(node: unknown, room: number): void {
  if (!isCollection(node)) return;
  node.flow = widthOf(node) <= room;
  if (node.flow) return;
  for (const item of node.items) {
    const part = isPair(item) ? item.value : item;
    layOut(part, room - 2 - (isPair(item) ? widthOf(item.key) + 1 : 0));
  }
}

/** Where the library does not see it: of a block of blanks alone, yaml 2.9 reads back less than it has written. */
function needsQuotes(text: string): boolean {
  return NOT_PRINTABLE.test(text) || (text.includes('\n') && text.trim() === '');
}

/** What YAML admits nowhere but as an escape in double quotes, and the library does not escape. */
const NOT_PRINTABLE = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** Escapes in YAML that was written what the library leaves as it is. Such text stands in double quotes. */
export function escapeNotPrintable(yaml: string): string {
  return yaml.replace(new RegExp(NOT_PRINTABLE, 'g'), (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/**
 * About how wide a node is on one line. Text of several lines, many bytes and the rows of a table read best on lines of their
 * own.
 */
function widthOf(node: unknown): number {
  if (isSeq(node) && node.items.filter(isCollection).length > 1) return Number.POSITIVE_INFINITY;
  if (isCollection(node)) {
    return node.items.reduce((sum: number, item) => sum + widthOf(item) + 2, isMap(node) ? 2 : 0);
  }
  if (isPair(node)) return widthOf(node.key) + 2 + widthOf(node.value);
  const value = isScalar(node) ? node.value : node;
  if (value instanceof Uint8Array)
    return isShort(value) ? '!!binary '.length + base64Length(value) : Number.POSITIVE_INFINITY;
  const text = String(value);
  return text.includes('\n') ? Number.POSITIVE_INFINITY : text.length;
}
