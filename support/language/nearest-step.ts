/**
 * The expression that a step's text was most likely meant to match, or undefined if none is near.
 *
 * Text and expression are aligned word by word, so that one wrong letter, a missing word or another parameter all
 * leave the rest recognisable. A `{parameter}` stands for one word or more, preferably one.
 */
export function nearestExpression(text: string, expressions: Iterable<string>): string | undefined {
  const words = wordsOf(text);
  let best: string | undefined;
  let bestScore = 0.5;
  for (const expression of expressions) {
    const pattern = wordsOf(plainly(expression));
    const score = distance(words, pattern) / Math.max(words.length, pattern.length);
    if (score < bestScore) {
      best = expression;
      bestScore = score;
    }
  }
  return best;
}

/** An expression as it might be written: first of several alternatives, optional text left out. */
function plainly(expression: string): string {
  return expression
    .replace(/(?<!\\)\([^)]*\)/g, '')
    .replace(/(?<![\\\s])\/\S+/g, '')
    .replaceAll('\\', '');
}

/** Quoted text is one word whatever is in it. */
function wordsOf(text: string): string[] {
  return text.match(/"[^"]*"|'[^']*'|\{[^}]*\}|\S+/g) ?? [];
}

function distance(words: readonly string[], pattern: readonly string[]): number {
  // row[j]: cost of aligning the words seen so far with the first j of the pattern.
  let row = pattern.map((_, j) => j + 1);
  row.unshift(0);
  for (const [i, word] of words.entries()) {
    const next = [i + 1];
    for (const [j, wanted] of pattern.entries()) {
      const replaced = (row[j] ?? 0) + wordDistance(word, wanted);
      const left = (next[j] ?? 0) + 1;
      const extra = (row[j + 1] ?? 0) + (takesSeveralWords(wanted) ? 0.4 : 1);
      next.push(Math.min(replaced, left, extra));
    }
    row = next;
  }
  return row[pattern.length] ?? 0;
}

/** Parameters that cucumber-js knows by itself; quoted text counts as one word. */
const ONE_WORD = /^\{(string|int|float|word)?\}$/;

function takesSeveralWords(wanted: string): boolean {
  return wanted.startsWith('{') && !ONE_WORD.test(wanted);
}

/** 0 for equal words up to 1 for words that have nothing in common. */
function wordDistance(word: string, wanted: string): number {
  if (wanted.startsWith('{')) return ONE_WORD.test(wanted) ? ofType(word, wanted) : 0.2;
  const a = word.toLowerCase();
  const b = wanted.toLowerCase();
  if (a === b) return 0;
  const share = letters(a, b) / Math.max(a.length, b.length);
  return share > 0.5 ? 1 : share;
}

function ofType(word: string, type: string): number {
  if (type === '{string}') return /^["'].*["']$/.test(word) ? 0 : 0.5;
  if (type === '{int}' || type === '{float}') return /^-?[\d.]+$/.test(word) ? 0 : 0.5;
  return 0.2;
}

/** Levenshtein distance; words are short. */
function letters(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
