import type { Header } from '../../model/journal.js';

/** Adds a header unless one of that name is there. */
export function withDefault(headers: readonly Header[], name: string, value: string): readonly Header[] {
  return hasHeader(headers, name) ? headers : [...headers, [name, value]];
}

export function hasHeader(headers: readonly Header[], name: string): boolean {
  return headerValue(headers, name) !== undefined;
}

/** The first value of a header; names are compared without regard to case. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1];
}

/** Node's flat list of raw headers, as journals keep them: names in lower case, without pseudo-headers. */
export function headersOf(raw: readonly string[]): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string;
    if (!name.startsWith(':')) headers.push([name.toLowerCase(), raw[at + 1] as string]);
  }
  return headers;
}
