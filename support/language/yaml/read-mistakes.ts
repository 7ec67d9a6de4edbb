import type { Document } from 'yaml';
import type { Diagnostic } from '../diagnostic.js';
import { LIMITS } from './limits.js';
import type { ParsedText } from './read-documents.js';
import { explanationOf } from './read-explanations.js';
import type { Flaw } from './read-flaw.js';
import type { YamlSource } from './read-source.js';

export interface SyntaxMistakes {
  readonly mistakes: readonly Diagnostic[];
  /** The documents whose structure is certain. */
  readonly sound: readonly Document.Parsed[];
}

/**
 * What is wrong with the syntax, in words for a reader. After a flaw by which the parser loses its way it sees mistakes
 * where there are none, so that nothing more is told of that document.
 */
export function syntaxMistakes(parsed: ParsedText, source: YamlSource): SyntaxMistakes {
  const { documents } = parsed;
  const flaws = flawsOf(parsed);
  const mistakes: Diagnostic[] = [];
  const broken = new Set<number>();
  let lostIn = -1;
  let lastStart = -1;
  for (const [index, flaw] of flaws.entries()) {
    const number = documentAt(documents, flaw.start);
    if (number === lostIn || mistakes.length >= LIMITS.mistakes) continue;
    const explained = explanationOf(flaw, flaws[index + 1], source);
    if (explained === undefined) continue;
    broken.add(number);
    if (explained.lost) lostIn = number;
    if (flaw.start !== lastStart) mistakes.push(explained.mistake);
    lastStart = flaw.start;
  }
  return { mistakes, sound: documents.filter((_, index) => !broken.has(index)) };
}

/** In the order of the file. */
function flawsOf({ documents, remarks }: ParsedText): Flaw[] {
  const flaws: Flaw[] = [...remarks];
  for (const { errors, warnings } of documents) {
    for (const { code, message, pos } of [...errors, ...warnings]) {
      flaws.push({ kind: 'error', code, message, start: pos[0], end: pos[1] });
    }
  }
  return flaws.sort((a, b) => a.start - b.start);
}

/** The index of the document in which an offset lies; the first for what comes before all of them. */
function documentAt(documents: readonly Document.Parsed[], offset: number): number {
  let low = 0;
  let high = documents.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((documents[middle]?.range[0] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
