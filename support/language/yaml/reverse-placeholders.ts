/** A text of an outline with the values of one row. */
export interface Substituted {
  readonly values: string;
  /** Where a range of `values` stands in the outline's text; undefined if it begins or ends within a column's value. */
  originalRange(start: number, end: number): readonly [number, number] | undefined;
}

export function substitute(text: string, row: ReadonlyMap<string, string>): Substituted {
  // For each place between two characters of `values` the places in the text that it comes from; an empty value has two.
  const origins = new Map<number, [first: number, last: number]>();
  let values = '';
  const note = (original: number): void => {
    const known = origins.get(values.length);
    origins.set(values.length, [known?.[0] ?? original, original]);
  };
  let index = 0;
  while (index < text.length) {
    note(index);
    const end = text[index] === '<' ? text.indexOf('>', index) : -1;
    const value = end < 0 ? undefined : row.get(text.slice(index + 1, end));
    if (value === undefined) values += text[index++];
    else {
      values += value;
      index = end + 1;
    }
  }
  note(index);
  return {
    values,
    originalRange(start, end) {
      const first = origins.get(start)?.[0];
      const last = origins.get(end)?.[1];
      return first === undefined || last === undefined ? undefined : [first, last];
    },
  };
}
