import { CALL_ID_HEADER } from '../model/journal.js';

/** Names and values of header fields in turn, as Node's `rawHeaders` has them. */
export type RawFields = readonly string[];

/** Fields by name, as written first, with all their values: what Node's writers take. */
export function groupFields(raw: RawFields): Map<string, string | string[]> {
  const spelled = new Map<string, string>();
  const fields = new Map<string, string | string[]>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const written = raw[index] as string;
    const value = raw[index + 1] as string;
    const name = spelled.get(written.toLowerCase()) ?? written;
    spelled.set(written.toLowerCase(), name);
    const present = fields.get(name);
    if (present === undefined) fields.set(name, value);
    else fields.set(name, [present, value].flat());
  }
  return fields;
}

/** The same as an object without a prototype. */
export function fieldsObject(raw: RawFields): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of groupFields(raw)) fields[name] = value;
  return fields;
}

/** Names and values as pairs. */
export function pairsOf(raw: RawFields): [name: string, value: string][] {
  return Array.from({ length: raw.length >> 1 }, (_, at) => [raw[2 * at] as string, raw[2 * at + 1] as string]);
}

export function hasField(raw: RawFields, name: string): boolean {
  for (let index = 0; index < raw.length; index += 2) if (raw[index]?.toLowerCase() === name) return true;
  return false;
}

/** Fields with one of them replaced, at their end. */
export function withField(raw: RawFields, name: string, value: string): string[] {
  return [...withoutField(raw, name), name, value];
}

export function withoutField(raw: RawFields, name: string): string[] {
  return pairsOf(raw)
    .filter(([other]) => other.toLowerCase() !== name.toLowerCase())
    .flat();
}

/** The call that a request carries, as a log tells it behind the request; empty where it carries none. */
export function callText(raw: RawFields): string {
  const at = raw.findIndex((name) => name.toLowerCase() === CALL_ID_HEADER);
  return at === -1 ? '' : ` (call ${raw[at + 1]})`;
}
