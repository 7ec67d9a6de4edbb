import { visibleExcerpt } from '../../model/visible-text.js';
import type { YamlSource } from './read-source.js';

/** Lines that are looked at for what a line may belong to. */
const NEAR = 500;
const WIDTH = 500;

/**
 * "column 3 like "b: 1" in line 2": the columns in which a line may start, those of what is open above it: items of
 * lists for one that begins with "-", else keys.
 */
export function columnsAbove(line: number, source: YamlSource): string[] {
  const columns: string[] = [];
  const item = isItem(source.line(line).trimStart());
  let leftmost = Number.POSITIVE_INFINITY;
  for (let above = line - 1; above > 0 && above > line - NEAR && leftmost > 1; above--) {
    // More of a line is not shown, and whoever writes a line of a megabyte shall not make us look at all of it.
    const text = source.line(above).slice(0, WIDTH);
    if (/^\s*(#|$)/.test(text)) continue;
    for (const start of startsOf(text).reverse()) {
      if (start >= leftmost) continue;
      leftmost = start;
      const found = text.slice(start - 1);
      if (isItem(found) === item) columns.push(`column ${start} like "${shortened(found)}" in line ${above}`);
    }
  }
  return columns.slice(0, 3);
}

function isItem(text: string): boolean {
  return /^-(\s|$)/.test(text);
}

/** Where something starts on a line: its first sign, and after each "-" what the item holds. */
function startsOf(text: string): number[] {
  const starts: number[] = [];
  const sign = /(\S)(?:(?<=-) +(?=\S))?/y;
  sign.lastIndex = text.length - text.trimStart().length;
  for (let found = sign.exec(text); found !== null; found = sign.exec(text)) {
    starts.push(found.index + 1);
    if (found[0].length === 1) break;
  }
  return starts;
}

function shortened(text: string): string {
  return visibleExcerpt(text.replace(/\s+#.*$/, '').trim(), 30);
}
