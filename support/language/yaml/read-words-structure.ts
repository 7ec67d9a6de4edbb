import { visibleExcerpt } from '../../model/visible-text.js';
import { columnsAbove } from './read-columns.js';
import type { Flaw, ParserError, Words } from './read-flaw.js';
import type { YamlSource } from './read-source.js';

const LONGEST_REST = 1000;

/** `a: b: c`, or a line that is indented below a key with a value. */
export function colonInValue({ start }: ParserError, source: YamlSource, next: Flaw | undefined): Words {
  if (next?.kind === 'error' && next.code === 'MULTILINE_IMPLICIT_KEY' && next.start === start) {
    return deeperThanValue(next, source);
  }
  const value = restOfLine(start, source);
  const quoted = /^["']/.test(value)
    ? []
    : [`if the value holds the ":", quote it: ${visibleExcerpt(JSON.stringify(value), 80)}`];
  return {
    rule: 'colon-in-value',
    message: 'a second ": " follows on this line, and a line holds one key',
    start,
    end: start + value.length,
    help: [...quoted, 'if a mapping is meant, put it on the next lines, indented deeper'],
    contained: true,
  };
}

function deeperThanValue({ start, end }: ParserError, source: YamlSource): Words {
  const lineStart = source.text.lastIndexOf('\n', end - 1) + 1;
  const at = Math.max(start, firstSign(lineStart, source));
  return {
    rule: 'indentation',
    message: 'this line is indented deeper than the one above, which has its value already',
    start: at,
    end: at + restOfLine(at, source).length,
    help: [
      startIn(at, source),
      'if it goes on with the text above, put "|" after the ":" there and all of the text on the lines below',
    ],
  };
}

/** A "-" where the keys of a mapping stand. */
export function listForKey({ start }: ParserError, source: YamlSource): Words {
  const at = firstSign(start, source);
  return {
    rule: 'indentation',
    message: 'a list item starts here, where a key is expected',
    start: at,
    end: at + restOfLine(at, source).length,
    help: [startIn(at, source)],
  };
}

export function wrongColumn({ start }: ParserError, source: YamlSource): Words {
  const at = firstSign(start, source);
  return {
    rule: 'indentation',
    message: 'this line starts in a column in which nothing above it does',
    start: at,
    end: at + restOfLine(at, source).length,
    help: [startIn(at, source)],
  };
}

/** Text without ":" that goes on in the next line, where that has one. */
export function keyOverLines(error: ParserError, source: YamlSource): Words {
  const words = colonMissing(error, source);
  return {
    ...words,
    help: [...(words.help ?? []), 'if it is text that goes on below, quote all of it'],
    contained: false,
  };
}

export function colonMissing({ start }: ParserError, source: YamlSource): Words {
  const text = restOfLine(start, source);
  const [, key, value] = /^([^\s:]+):(\S.*)$/.exec(text) ?? [];
  const above = source.line(source.place(start, start).line - 1).slice(-100);
  const block = /[|>][-+\d]*\s*$/.test(above) ? ['if it is text of the key above, indent it deeper than that key'] : [];
  return {
    rule: 'colon-missing',
    message: key === undefined ? `":" is missing after ${quoted(text)}` : 'a space is missing after ":"',
    start,
    end: start + text.length,
    help: [
      key === undefined ? 'a key is followed by ":" and its value' : `write ${visibleExcerpt(`${key}: ${value}`, 80)}`,
      ...block,
    ],
    contained: true,
  };
}

export function listOnKeyLine({ start }: ParserError, source: YamlSource): Words {
  return {
    rule: 'list-on-key-line',
    message: 'a list cannot begin on the line of its key',
    start,
    end: start + restOfLine(start, source).length,
    help: [
      'put the "-" on the next line, or write the list as [one, two]',
      'if text is meant that begins with "-", quote it',
    ],
  };
}

export function commaMissing({ code, start, end }: ParserError): Words {
  return {
    rule: 'comma-missing',
    message: code === 'BLOCK_IN_FLOW' ? '"," is missing between the entries here' : '"," is missing before this',
    start,
    end,
    help: ['between "[" and "]" or "{" and "}" a "," separates the entries', 'a value that holds ": " is quoted'],
  };
}

export function valueMissing({ start, end }: ParserError): Words {
  return {
    rule: 'value-missing',
    message: 'there is nothing before this ","',
    start,
    end,
    help: ['remove the ",", or write a value before it'],
    contained: true,
  };
}

export function newlineBeforeList(): Words {
  return {
    rule: 'list-on-key-line',
    message: 'a list cannot begin on the line of its anchor or tag',
    help: ['put the first "-" on the next line'],
  };
}

export function textAfterMarker(): Words {
  return {
    rule: 'text-after-marker',
    message: 'keys and list items cannot follow "---" on its line',
    help: ['start them on the next line'],
  };
}

/** "start it in column 3 like …, or in column 1 like …". */
function startIn(offset: number, source: YamlSource): string {
  const columns = columnsAbove(source.place(offset, offset).line, source);
  if (columns.length > 0) return `start it in ${columns.join(', or in ')}`;
  return 'start it in the column of the lines to which it belongs';
}

function firstSign(offset: number, source: YamlSource): number {
  const found = /\S/g;
  found.lastIndex = offset;
  return found.exec(source.text)?.index ?? offset;
}

/** Without a comment and trailing spaces; no more of it than anybody would read. */
export function restOfLine(offset: number, source: YamlSource): string {
  const { line, column } = source.place(offset, offset);
  return source
    .line(line)
    .slice(column - 1, column - 1 + LONGEST_REST)
    .replace(/\s+#.*$/, '')
    .trimEnd();
}

function quoted(text: string): string {
  return `"${visibleExcerpt(text, 40)}"`;
}
