import type { YamlSource } from './read-source.js';

/** Lines that are looked at for what a line may belong to. */
const NEAR = 500;

/**
 * "column 3 like "b: 1" in line 2": the columns in which a line may start, those of what is open above it: items of
 * lists for one that begins with "-", else keys.
 */
export function columnsAbove(line: number, source: YamlSource): string[] {
  const columns: string[] = [];
  const item = isItem(source.line(line).trimStart());
  let leftmost = Number.POSITIVE_INFINITY;
  for (let above = line - 1; above > 0 && above > line - NEAR && leftmost > 1; above--) {
    const text = source.line(above);
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
  for (const match of text.matchAll(/(?<=^ *(?:- +)*)\S/g)) starts.push(match.index + 1);
  return starts;
}

function shortened(text: string): string {
  const trimmed = text.replace(/\s+#.*$/, '').trim();
  return trimmed.length > 30 ? `${trimmed.slice(0, 29)}…` : trimmed;
}
