import type { Dialect } from '../gherkin/library.js';
import { stepKeywords } from './render-gherkin-dialect.js';

/**
 * Which texts Gherkin can hold so that it reads the very same text again, and how they are written. What cannot be
 * written is refused where the YAML is compiled, with the reason that these functions give: a phrase that follows
 * the text's own name, as in "the name … must be one line".
 */
export interface Refusal {
  readonly reason: string;
  readonly help: string;
}

/** Where a description stands; that decides which words would end it. */
export type DescriptionOf = 'feature' | 'rule' | 'background' | 'scenario' | 'examples';

const UNPAIRED_SURROGATE = /\p{Surrogate}/u;

/** For names and the texts of steps: one line, and nothing around it that Gherkin would strip. */
export function refuseLine(text: string): Refusal | undefined {
  if (/[\n\r]/.test(text)) {
    return { reason: 'must be one line', help: 'write it on one line, or let YAML join the lines with ">-"' };
  }
  if (text !== text.trim()) {
    return { reason: 'begins or ends with a blank', help: 'remove the blank: Gherkin does not keep it' };
  }
  return refuseEncoding(text);
}

export function refuseTag(name: string): Refusal | undefined {
  if (/^@[^\s@]+$/.test(name)) return refuseEncoding(name);
  return {
    reason: 'is no tag',
    help: 'a tag is one word without blanks, with or without "@" before it, for example: smoke',
  };
}

/** Whether Gherkin would take away blanks around a cell: exactly these. A line break is no blank. */
export function losesBlanks(cell: string): boolean {
  return /^[ \t\v\f\r\u0085\u00A0]|[ \t\v\f\r\u0085\u00A0]$/.test(cell);
}

/** For cells of tables. */
export function refuseCell(text: string): Refusal | undefined {
  if (losesBlanks(text)) {
    return { reason: 'begins or ends with a blank', help: 'remove the blank: a table does not keep it' };
  }
  return refuseEncoding(text);
}

export function refuseDocString(content: string): Refusal | undefined {
  if (separatorFor(content) === undefined) {
    return {
      reason: 'contains both \\"\\"\\" and \\`\\`\\`',
      help: 'Gherkin can hold a text with either of them, but not with both',
    };
  }
  return refuseEncoding(content);
}

/** The line of a description that Gherkin would not take for text, counted from 0, and why. */
export function refuseDescription(
  description: string,
  of: DescriptionOf,
  dialect: Dialect,
): (Refusal & { readonly line: number }) | undefined {
  const encoding = refuseEncoding(description);
  if (encoding !== undefined) return { ...encoding, line: 0 };
  for (const [line, text] of description.split('\n').entries()) {
    const word = structuralWord(text.trimStart(), of, dialect);
    if (word === undefined) continue;
    return {
      line,
      reason: `has a line that begins with "${word}", which Gherkin would not take for text`,
      help: 'begin the line with another word; lists can be written with "-"',
    };
  }
  return undefined;
}

function structuralWord(line: string, of: DescriptionOf, dialect: Dialect): string | undefined {
  if (line.startsWith('#')) return '#';
  if (line.startsWith('@')) return '@';
  if (of === 'examples' && line.startsWith('|')) return '|';
  const { scenario, scenarioOutline, rule, background, examples } = dialect;
  const titles = [...scenario, ...scenarioOutline, ...rule];
  if (of === 'feature' || of === 'rule') titles.push(...background);
  if (of === 'scenario' || of === 'examples') titles.push(...examples);
  const title = titles.find((keyword) => line.startsWith(`${keyword}:`));
  if (title !== undefined) return `${title}:`;
  if (of !== 'scenario' && of !== 'background') return undefined;
  return stepKeywords(dialect)
    .find((keyword) => line.startsWith(keyword))
    ?.trimEnd();
}

function refuseEncoding(text: string): Refusal | undefined {
  if (!UNPAIRED_SURROGATE.test(text)) return undefined;
  return { reason: 'contains half a character (an unpaired surrogate)', help: 'write the whole character' };
}

/** A description as it is kept: lines end with `\n`, and there are no blank lines around it. */
export function tidyDescription(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/^(?:[^\S\n]*\n)+/, '')
    .trimEnd();
}

export function cellText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', '\\n');
}

/** The lines of a doc string with its separators, each with the end that makes Gherkin read it as it is. */
export function docStringLines(content: string, mediaType: string, indent: string): string[] {
  const separator = separatorFor(content) ?? '"""';
  const lines = content === '' ? [] : content.split('\n');
  return [
    `${indent}${separator}${mediaType}\n`,
    // Gherkin takes \r\n for the end of a line; a \r of the text needs another one behind it.
    ...lines.map(
      (line) => `${line === '' ? '' : indent}${escapeSeparator(line, separator)}${line.endsWith('\r') ? '\r' : ''}\n`,
    ),
    `${indent}${separator}\n`,
  ];
}

type Separator = '"""' | '```';

/** The separator with which every line can be written; undefined where there is none. */
function separatorFor(content: string): Separator | undefined {
  const lines = content.split('\n');
  return (['"""', '```'] as const).find((separator) => lines.every((line) => isWritable(line, separator)));
}

/**
 * Gherkin replaces the first escaped separator of a line, and that one only. A line that contains the escaped form as
 * its own text can be written only if a real separator before it takes the replacement.
 */
function isWritable(line: string, separator: Separator): boolean {
  const escaped = line.indexOf(escapedForm(separator));
  const real = line.indexOf(separator);
  return escaped === -1 || (real !== -1 && real < escaped);
}

function escapeSeparator(line: string, separator: Separator): string {
  // A function, because "$" means something in a replacement text.
  const mustEscape = line.trimStart().startsWith(separator) || line.includes(escapedForm(separator));
  return mustEscape ? line.replace(separator, () => escapedForm(separator)) : line;
}

function escapedForm(separator: Separator): string {
  return separator === '"""' ? '\\"\\"\\"' : '\\`\\`\\`';
}
