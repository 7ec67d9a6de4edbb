import { visibleExcerpt } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';
import { LIMITS } from './limits.js';
import type { Remark } from './read-documents.js';
import { errorWords } from './read-error-words.js';
import type { Flaw, Words } from './read-flaw.js';
import type { YamlSource } from './read-source.js';

export interface Explained {
  readonly mistake: Diagnostic;
  /** The parser has lost its way: what it says of the rest of the document is not to be relied on. */
  readonly lost: boolean;
}

/** What a flaw means for the one who wrote it, or undefined where another flaw says it better. */
export function explanationOf(flaw: Flaw, next: Flaw | undefined, source: YamlSource): Explained | undefined {
  const words = flaw.kind === 'error' ? errorWords(flaw, next, source) : remarkWords(flaw, source);
  if (words === undefined) return undefined;
  const { start = flaw.start, end = flaw.end, rule, message, help, notes } = words;
  const lost = words.contained !== true;
  const tab = lost ? tabAt(source, [start, flaw.end]) : undefined;
  if (tab !== undefined) return { mistake: tab, lost };
  const at = source.diagnosticPlace(source.place(start, end));
  return {
    mistake: { rule, message, at, ...(notes === undefined ? {} : { notes }), ...(help === undefined ? {} : { help }) },
    lost,
  };
}

/** Tabs that indent are the reason of whatever is said of their line. */
function tabAt(source: YamlSource, offsets: readonly number[]): Diagnostic | undefined {
  for (const offset of offsets) {
    const { line } = source.place(Math.min(offset, source.text.length), offset);
    const before = /^ *(?=\t[ \t]*[^ \t#])/.exec(source.line(line))?.[0];
    if (before === undefined) continue;
    return {
      rule: 'tab-indentation',
      message: 'a tab indents this line, and YAML takes spaces only',
      at: source.diagnosticPlace({ line, column: before.length + 1, length: 1 }),
      help: ['replace the tabs at the beginning of lines by spaces, two for each level'],
    };
  }
  return undefined;
}

function remarkWords({ kind, start, end }: Remark, source: YamlSource): Words | undefined {
  const sign = source.text[start] ?? '';
  switch (kind) {
    case 'directive':
      return {
        rule: 'directive',
        message: `"${visibleExcerpt(source.text.slice(start, end), 40)}" is a directive of YAML, and none is followed here`,
        help: ['remove the line: files are read as YAML 1.2'],
        contained: true,
      };
    case 'unclosed': {
      const closing = { '[': ']', '{': '}' }[sign] ?? sign;
      const deeper = 'lines that go on with it are indented deeper than its key';
      return {
        rule: closing === sign ? 'unclosed-quote' : 'unclosed-bracket',
        message: `${nameOf(sign)} opens here and is not closed`,
        start,
        end: start + 1,
        help: [`close it with ${closing}; ${deeper}`],
      };
    }
    case 'mismatched': {
      const { line, column } = source.place(end - 1, end);
      return {
        rule: 'unclosed-bracket',
        message: `${nameOf(sign)} opens here, and line ${line}, column ${column} closes it with "${source.text[end - 1]}"`,
        start,
        end: start + 1,
        help: ['"[" is closed with "]", and "{" with "}"'],
      };
    }
    case 'too-deep':
      return {
        rule: 'nested-too-deep',
        message: `this is nested more than ${LIMITS.depth} levels deep`,
        help: ['no scenario needs that: look for a bracket, "-" or ":" too many'],
      };
    case 'too-many-documents':
      return {
        rule: 'too-many-documents',
        message: `this file holds more than ${LIMITS.documents.toLocaleString('en')} documents`,
        help: ['split it into several files'],
      };
  }
}

function nameOf(sign: string): string {
  return { "'": "the quote '", '"': 'the quote "', '[': 'the list "["', '{': 'the mapping "{"' }[sign] ?? sign;
}
