import type { Header, Journal } from '../model/journal.js';

/** Headers whose values are credentials. Comparisons use the real values; nothing that is shown or stored may. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-api-key',
]);

/** What stands for a credential where headers are shown or stored. */
export const REDACTED = '[redacted]';

export function isCredentialHeader(name: string): boolean {
  return CREDENTIAL_HEADERS.has(name.toLowerCase());
}

/** The same headers in the same order, with the values of credentials replaced. */
export function redactHeaders(headers: readonly Header[]): readonly Header[] {
  return headers.map(([name, value]) => [name, isCredentialHeader(name) ? REDACTED : value]);
}

/** The same journal, with the values of credentials replaced in all headers and trailers. Bodies stay as they are. */
export function redactJournal(journal: Journal): Journal {
  return journal.map((record) =>
    'headers' in record ? { ...record, headers: redactHeaders(record.headers) } : record,
  );
}
