import type { DataTable } from '@cucumber/cucumber';
import { redactHeaders } from '../support/evidence/redact.js';
import { ExpectationError, UserError } from '../support/model/errors.js';
import type { Header } from '../support/model/journal.js';
import { visibleText } from '../support/model/visible-text.js';

/** The rows of a table of names and values; names in lower case. */
export function headersIn(table: DataTable): readonly Header[] {
  return table.raw().map((row): Header => {
    const [name, value] = row;
    if (row.length !== 2 || name === undefined || value === undefined) {
      throw new UserError(
        `the table needs two columns, name and value; this row has ${row.length}: ${row.join(' | ')}`,
      );
    }
    return [name.toLowerCase(), value];
  });
}

/** Checks headers or trailers against a table of names and values; an empty value asks for any. */
export function expectHeaders(what: string, table: DataTable, headers: readonly Header[]): void {
  const wanted = new Map<string, string[]>();
  for (const [name, value] of headersIn(table)) wanted.set(name, [...(wanted.get(name) ?? []), value]);
  for (const [name, values] of wanted) {
    const found = headers.filter(([other]) => other.toLowerCase() === name).map(([, value]) => value);
    const expected = values.join(', ');
    const any = expected === '' && found.length > 0;
    // Some stacks join the values of a name with a comma, which HTTP gives the same meaning.
    if (!any && found.join(', ') !== expected) {
      const shown = redactHeaders(headers).map(([header, value]) => `    ${header}: ${visibleText(value)}`);
      throw new ExpectationError(
        [
          `${what} has ${found.length === 0 ? `no ${name}` : `another ${name}`}`,
          `  expected: ${visibleText(redactHeaders([[name, expected]])[0]?.[1] ?? '')}`,
          `  found:    ${visibleText(redactHeaders([[name, found.join(', ')]])[0]?.[1] ?? '')}`,
          '  all of them:',
          ...shown,
        ].join('\n'),
      );
    }
  }
}
