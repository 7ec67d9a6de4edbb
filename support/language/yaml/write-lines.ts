import { type Document, isCollection, isNode, isPair, LineCounter, parseDocument } from 'yaml';

/** A node that was written, and the line of the Gherkin text that it stands for. */
export interface WrittenPlace {
  readonly line: number;
  readonly node: unknown;
}

/**
 * Finds the line of the Gherkin text for a line of the YAML: that of the last node that begins there or before. The YAML
 * is parsed again for that, when it is first asked for: what is written does not know its place.
 */
export function lineFinder(
  text: string,
  written: Document,
  places: readonly WrittenPlace[],
): (yamlLine: number) => number {
  let lines: readonly (readonly [yaml: number, gherkin: number])[] | undefined;
  return (yamlLine) => {
    lines ??= linesOf(text, written, places);
    return (lines.findLast(([line]) => line <= yamlLine) ?? lines[0])?.[1] ?? 1;
  };
}

function linesOf(text: string, written: Document, places: readonly WrittenPlace[]): (readonly [number, number])[] {
  const counter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: counter, customTags: ['binary'], uniqueKeys: false });
  const gherkinLines = new Map(places.map(({ node, line }) => [node, line]));
  const found: (readonly [number, number])[] = [];
  const compare = (before: unknown, after: unknown): void => {
    const line = gherkinLines.get(before);
    if (line !== undefined && isNode(after) && after.range) found.push([counter.linePos(after.range[0]).line, line]);
    if (isPair(before) && isPair(after)) {
      compare(before.key, after.key);
      compare(before.value, after.value);
    }
    if (!isCollection(before) || !isCollection(after)) return;
    for (const [index, item] of before.items.entries()) compare(item, after.items[index]);
  };
  compare(written.contents, parsed.contents);
  return found.sort(([a], [b]) => a - b);
}
