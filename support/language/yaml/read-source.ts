import type { SourcePlace } from '../diagnostic.js';
import type { YamlPlace } from './node.js';

/** A file's text, and where its lines begin. */
export interface YamlSource {
  readonly file: string;
  /** Lines end with `\n` alone, whatever the file has. */
  readonly text: string;
  /** The place of `text.slice(start, end)`; as much of it as stands on the first line. */
  place(start: number, end: number): YamlPlace;
  /** A line without its end, from 1. */
  line(number: number): string;
  diagnosticPlace(at: YamlPlace): SourcePlace;
}

const LONGEST_LINE = 10_000;

export function yamlSource(file: string, text: string): YamlSource {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  const startOf = (line: number): number => starts[line - 1] ?? text.length;
  const endOf = (line: number): number => (line < starts.length ? startOf(line + 1) - 1 : text.length);
  const line = (number: number): string => text.slice(startOf(number), endOf(number));
  const lineOf = (offset: number): number => {
    let low = 1;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (startOf(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    file,
    text,
    line,
    place(start, end) {
      const number = lineOf(start);
      const length = Math.min(end, endOf(number)) - start;
      return { line: number, column: start - startOf(number) + 1, length: Math.max(1, length) };
    },
    diagnosticPlace(at) {
      const source = line(at.line);
      // Nobody reads a line of a megabyte, and each mistake on it would carry it along.
      return { file, ...at, ...(source.length > LONGEST_LINE ? {} : { source }) };
    },
  };
}
