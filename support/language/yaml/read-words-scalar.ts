import { visibleExcerpt, visibleText } from '../../model/visible-text.js';
import type { ParserError, Words } from './read-flaw.js';
import type { YamlSource } from './read-source.js';
import { restOfLine } from './read-words-structure.js';

/** `@`, a backtick and others with which text without quotes cannot begin. */
export function reservedCharacter({ start }: ParserError, source: YamlSource): Words {
  const { column, line } = source.place(start, start);
  const inFlow = /[[{]/.test(source.line(line).slice(0, column - 1));
  const value = restOfLine(start, source).replace(inFlow ? /(?<=.)\s*[,\]}].*$/ : /$/, '');
  const tag = /^@[^\s@]+$/.test(value)
    ? [`a tag may also stand without the "@": ${visibleExcerpt(value.slice(1), 40)}`]
    : [];
  return {
    rule: 'reserved-character',
    message: `text cannot begin with "${source.text[start]}" unless it is quoted`,
    start,
    end: start + value.length,
    help: [`write ${visibleExcerpt(JSON.stringify(value), 80)}`, ...tag],
    contained: true,
  };
}

export function escapeSequence({ start }: ParserError, source: YamlSource): Words {
  const sequence = source.text.slice(start, start + 2);
  return {
    rule: 'unknown-escape',
    message: `"${visibleText(sequence)}" means nothing in double quotes`,
    start,
    end: start + 2,
    help: ['write "\\\\" for a backslash, or quote with \', where a backslash stands for itself'],
    contained: true,
  };
}

export function emptyAlias({ start }: ParserError, source: YamlSource): Words {
  const sign = source.text[start] ?? '';
  const [message, quoted] =
    sign === '*'
      ? ['"*" repeats what "&name" names, and no name follows it', '"*"']
      : ['"&" names a value, and no name follows it', '"&"'];
  return { rule: 'undefined-alias', message, help: [`if text is meant, quote it: ${quoted}`], contained: true };
}

export function tagError({ start, end, message }: ParserError, source: YamlSource): Words {
  const tag = visibleExcerpt(source.text.slice(start, end), 40);
  const core = /^!!(int|float|bool|null)$/.exec(tag);
  if (core !== null && message.startsWith('Unresolved')) {
    const kind = { int: 'an integer', float: 'a number', bool: 'true or false', null: 'null' }[core[1] ?? ''];
    return {
      rule: 'unknown-tag',
      message: `the tag ${tag} says that ${kind} follows, and none does`,
      help: ['remove the tag, or mend the value'],
      contained: true,
    };
  }
  return {
    rule: 'unknown-tag',
    message: `the tag "${tag}" is not known`,
    help: [
      'known are !!binary, which base64 follows, and !!str, !!int, !!float, !!bool, !!null, !!map, !!seq',
      'if text is meant that begins with "!", quote it',
    ],
    contained: true,
  };
}

export function spaceBeforeComment(): Words {
  return {
    rule: 'space-missing',
    message: 'a space is missing before "#"',
    help: ['a comment begins with a space and "#"; where "#" belongs to the value, quote all of the value'],
    contained: true,
  };
}

export function spaceAfterColon(): Words {
  return {
    rule: 'space-missing',
    message: 'a space is missing after ":"',
    help: ['a ":" and a space separate key and value'],
  };
}

export function spaceAfterTag(): Words {
  return { rule: 'space-missing', message: 'a space is missing between a tag or anchor and this' };
}

export function blockText({ message }: ParserError): Words {
  if (message.includes('empty lines')) {
    return {
      rule: 'indentation',
      message: 'the empty lines before this text have more spaces than the text',
      help: ['remove the spaces on the empty lines'],
    };
  }
  return {
    rule: 'indentation',
    message: 'this line is indented less than the text after "|" or ">" that it follows',
    help: ['indent all lines of the text as deep as its first line, and deeper than the key'],
  };
}

export function textAfterBlockSign({ start }: ParserError, source: YamlSource): Words {
  return {
    rule: 'text-after-block-sign',
    message: 'text cannot follow "|" or ">" on its line',
    start,
    end: start + restOfLine(start, source).length,
    help: [
      'put the text on the next line, indented deeper than the key',
      'if the value begins with that sign, quote all of it',
    ],
  };
}

export function longKey({ start }: ParserError): Words {
  return {
    rule: 'key-too-long',
    message: 'this key has more than 1,024 characters',
    start,
    help: ['look for a quote, a line break or a ":" too many or too few'],
  };
}

export function twice({ code }: ParserError): Words {
  const what = code === 'MULTIPLE_TAGS' ? 'tag' : 'anchor';
  return {
    rule: `two-${what}s`,
    message: `a value has one ${what}, and this is the second`,
    help: ['remove one of them'],
  };
}

export function aliasWithMore(): Words {
  return {
    rule: 'alias-with-tag',
    message: 'an alias has neither tag nor anchor: it repeats a value as it is',
    help: ['remove what stands before the "*", or quote it if text is meant'],
  };
}
