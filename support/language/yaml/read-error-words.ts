import { visibleExcerpt } from '../../model/visible-text.js';
import type { Flaw, ParserError, Words } from './read-flaw.js';
import type { YamlSource } from './read-source.js';
import {
  aliasWithMore,
  blockText,
  emptyAlias,
  escapeSequence,
  longKey,
  reservedCharacter,
  spaceAfterColon,
  spaceAfterTag,
  spaceBeforeComment,
  tagError,
  textAfterBlockSign,
  twice,
} from './read-words-scalar.js';
import {
  colonInValue,
  colonMissing,
  commaMissing,
  keyOverLines,
  listForKey,
  listOnKeyLine,
  newlineBeforeList,
  restOfLine,
  textAfterMarker,
  valueMissing,
  wrongColumn,
} from './read-words-structure.js';

type Explain = (error: ParserError, source: YamlSource, next: Flaw | undefined) => Words | undefined;

/** Told by a remark, which knows where it begins. */
const TOLD_ELSEWHERE: Explain = () => undefined;

/**
 * The parser's messages by its codes, and by what the messages begin with where a code stands for several. The first
 * that fits counts; `yaml` 2.x, `compose/*.ts`.
 */
const TABLE: readonly (readonly [code: string, message: RegExp, explain: Explain])[] = [
  ['TAB_AS_INDENT', /./, tab],
  ['BLOCK_AS_IMPLICIT_KEY', /^Nested mappings/, colonInValue],
  ['BLOCK_AS_IMPLICIT_KEY', /./, listForKey],
  ['MULTILINE_IMPLICIT_KEY', /./, keyOverLines],
  ['MISSING_CHAR', /^Missing closing|must end with/, TOLD_ELSEWHERE],
  ['BAD_INDENT', /^Flow /, TOLD_ELSEWHERE],
  ['BAD_DIRECTIVE', /./, TOLD_ELSEWHERE],
  ['MISSING_CHAR', /^Missing directives-end/, TOLD_ELSEWHERE],
  ['MISSING_CHAR', /^Block collection cannot/, textAfterMarker],
  ['MISSING_CHAR', /^Implicit map keys/, colonMissing],
  ['MISSING_CHAR', /^Comments must/, spaceBeforeComment],
  ['MISSING_CHAR', /^Sequence item without/, wrongColumn],
  ['MISSING_CHAR', /^Missing , |^Missing , or :/, commaMissing],
  ['MISSING_CHAR', /^Missing space after :/, spaceAfterColon],
  ['MISSING_CHAR', /^Tags and anchors/, spaceAfterTag],
  ['MISSING_CHAR', /^Missing newline after block sequence/, newlineBeforeList],
  ['MISSING_CHAR', /^Block scalars with/, blockText],
  ['BAD_INDENT', /^Block scalar/, blockText],
  ['BAD_INDENT', /./, wrongColumn],
  ['BAD_SCALAR_START', /./, reservedCharacter],
  ['BAD_DQ_ESCAPE', /./, escapeSequence],
  ['BAD_ALIAS', /ending in :/, TOLD_ELSEWHERE],
  ['BAD_ALIAS', /./, emptyAlias],
  ['TAG_RESOLVE_FAILED', /./, tagError],
  ['BLOCK_IN_FLOW', /./, commaMissing],
  ['UNEXPECTED_TOKEN', /block-seq-ind on same line/, listOnKeyLine],
  ['UNEXPECTED_TOKEN', /^Not a YAML token|^Block scalar header/, textAfterBlockSign],
  ['UNEXPECTED_TOKEN', /^Unexpected (,|empty item)/, valueMissing],
  ['KEY_OVER_1024_CHARS', /./, longKey],
  ['MULTIPLE_ANCHORS', /./, twice],
  ['MULTIPLE_TAGS', /./, twice],
  ['ALIAS_PROPS', /./, aliasWithMore],
];

export function errorWords(error: ParserError, next: Flaw | undefined, source: YamlSource): Words | undefined {
  const row = TABLE.find(([code, message]) => code === error.code && message.test(error.message));
  return (row?.[2] ?? unexpected)(error, source, next);
}

/** After a "-"; those at the beginning of lines are seen to by the caller, whatever the parser says of their lines. */
function tab(): Words {
  return {
    rule: 'tab-indentation',
    message: 'a tab stands where YAML takes spaces only',
    help: ['replace it by one space'],
  };
}

function unexpected({ start, end, message }: ParserError, source: YamlSource): Words {
  const text = visibleExcerpt(restOfLine(start, source).slice(0, Math.max(1, end - start)), 40);
  if (/^[\]}]/.test(text)) {
    const opening = text[0] === ']' ? '[' : '{';
    return {
      rule: 'unclosed-bracket',
      message: `"${text[0]}" closes nothing: no "${opening}" is open`,
      help: [`remove it, or put "${opening}" where the list or mapping begins`],
    };
  }
  const { line, column } = source.place(start, end);
  const alias = /\*\S*(?=:\s*$)/.exec(source.line(line).slice(Math.max(0, column - 100), column - 1))?.[0];
  if (alias !== undefined) {
    const aliasStart = start - (column - 1) + source.line(line).lastIndexOf(alias, column);
    return {
      rule: 'undefined-alias',
      message: 'a key cannot begin with "*" unless it is quoted',
      start: aliasStart,
      end: aliasStart + alias.length,
      help: [`write "${visibleExcerpt(alias, 40)}":`],
    };
  }
  if (message.includes('at node end')) {
    return {
      rule: 'text-after-value',
      message: `the value has ended before ${/^["']/.test(text) ? text : `"${text}"`}`,
      help: ['if it belongs to the value, quote all of the value', 'if it is a comment, begin it with a space and "#"'],
    };
  }
  return { rule: 'yaml-syntax', message: `"${text}" is not expected here`, help: ['if it is meant as text, quote it'] };
}
