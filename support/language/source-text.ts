import type { SourcePlace } from './diagnostic.js';

/** A place in a text of which the file's content may be known. */
export function placeIn(
  content: string | undefined,
  file: string,
  line: number,
  column: number,
  length = 1,
): SourcePlace {
  const source = content?.split('\n')[line - 1]?.replace(/\r$/, '');
  return { file, line, column, length, ...(source === undefined ? {} : { source }) };
}
