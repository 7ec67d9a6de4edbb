import { isUtf8 } from 'node:buffer';
import { type Bytes, previewOf } from '../model/bytes.js';
import type { Header, Journal, JournalRecord } from '../model/journal.js';
import { DEFAULT_REDACTION, type RedactionRules, Redactor } from '../model/redaction.js';

let rules: RedactionRules = DEFAULT_REDACTION;
let redactor = new Redactor(rules);

/** Of this process: a run has one set of rules. Comparisons use the true values; nothing that is shown or stored may. */
export function redaction(): Redactor {
  return redactor;
}

/** From now on this process redacts by these rules. */
export function redactBy(wanted: RedactionRules): void {
  if (JSON.stringify(wanted) === JSON.stringify(rules)) return;
  redactor = new Redactor(wanted);
  rules = wanted;
}

/** The same headers in the same order, with the values of credentials replaced. */
export function redactHeaders(headers: readonly Header[]): readonly Header[] {
  return headers.map(([name, value]) => [name, redactor.header(name, value)]);
}

/**
 * The same journal, with credentials replaced wherever they are: headers, trailers, paths, bodies, reasons.
 *
 * @param secretive digests of bodies that hold credentials behind what a journal keeps of them
 */
export function redactJournal(journal: Journal, secretive: ReadonlySet<string> = new Set()): Journal {
  return journal.map((record) => redactRecord(record, secretive));
}

function redactRecord(record: JournalRecord, secretive: ReadonlySet<string>): JournalRecord {
  if ('body' in record) {
    const { body, ...rest } = record;
    return { ...redactor.deep(rest), body: redactBytes(body, secretive) } as JournalRecord;
  }
  if ('headers' in record) {
    const { headers, ...rest } = record;
    return { ...redactor.deep(rest), headers: redactHeaders(headers) } as JournalRecord;
  }
  return redactor.deep(record);
}

/**
 * What was kept of a body, without credentials. Its length stays true; where something was redacted its digest does not, for
 * a short secret can be found from one by trying: it only tells equal bodies from others.
 */
export function redactBytes(bytes: Bytes, secretive: ReadonlySet<string> = new Set()): Bytes {
  const data = previewOf(bytes);
  const encoding = isUtf8(data) ? 'utf8' : 'latin1';
  const text = data.toString(encoding);
  const shown = redactor.text(text);
  if (shown === text && !secretive.has(bytes.sha256)) return bytes;
  return {
    length: bytes.length,
    sha256: redactor.digest(bytes.sha256),
    preview: Buffer.from(shown, encoding).toString('base64'),
    redacted: data.length < bytes.length ? 'cut' : 'whole',
  };
}
