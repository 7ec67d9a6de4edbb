import { Composer, CST, type Document, Lexer, type ParsedNode, Parser } from 'yaml';
import { LIMITS } from './limits.js';

/** Something in the text that the parser tells nothing of, or only where it noticed: offsets of what is meant. */
export interface Remark {
  readonly kind: 'directive' | 'unclosed' | 'mismatched' | 'too-deep' | 'too-many-documents';
  readonly start: number;
  /** Where it was noticed. */
  readonly end: number;
}

export interface ParsedText {
  readonly documents: readonly Document.Parsed[];
  readonly remarks: readonly Remark[];
}

/**
 * What the parser makes of a text. The depth is bounded while tokens come, so that neither its functions nor ours call
 * themselves more often than that, and so is the number of documents, each of which costs a schema.
 */
export function parseDocuments(text: string): ParsedText {
  const traceLimit = Error.stackTraceLimit;
  // The parser makes an Error for each mistake; their traces would take most of the time in a file full of mistakes.
  Error.stackTraceLimit = 0;
  try {
    return parse(text);
  } finally {
    Error.stackTraceLimit = traceLimit;
  }
}

function parse(text: string): ParsedText {
  const parser = new Parser();
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    merge: false,
    // They are found where the tree is made: the parser compares each key with each, which takes square time.
    uniqueKeys: false,
    resolveKnownTags: false,
    customTags: ['binary'],
    prettyErrors: false,
  });
  const documents: Document.Parsed[] = [];
  const { remarks, watch, close } = remarker();
  for (const lexeme of new Lexer().lex(text)) {
    const start = parser.offset;
    watch(lexeme, start);
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    const end = start + lexeme.length;
    if (parser.stack.length > LIMITS.depth + 2) {
      remarks.push({ kind: 'too-deep', start, end });
      return { documents, remarks };
    }
    const tooMany = documents[LIMITS.documents];
    if (tooMany !== undefined) {
      remarks.push({ kind: 'too-many-documents', start: tooMany.range[0], end: tooMany.range[1] });
      return { documents, remarks };
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  close(text.length);
  return { documents, remarks };
}

/** Watches brackets, quotes and directives go by. */
function remarker() {
  const remarks: Remark[] = [];
  const open: { readonly sign: string; readonly start: number }[] = [];
  let content = false;

  /** The outermost says enough: where one is not closed, those around it cannot be. */
  function close(end: number): void {
    const [outermost] = open.splice(0);
    if (outermost !== undefined) remarks.push({ kind: 'unclosed', start: outermost.start, end });
  }

  function watch(lexeme: string, start: number): void {
    const end = start + lexeme.length;
    // The text of a plain or block scalar follows its own marker and may begin with anything.
    if (content) content = false;
    else if (lexeme === CST.SCALAR) content = true;
    else if (lexeme === CST.FLOW_END) close(start);
    else if (lexeme === '[' || lexeme === '{') open.push({ sign: lexeme, start });
    else if (lexeme === ']' || lexeme === '}') {
      const opened = open.pop();
      const matches = opened === undefined || (opened.sign === '[') === (lexeme === ']');
      if (!matches) remarks.push({ kind: 'mismatched', start: opened.start, end });
    } else if (lexeme[0] === '%') remarks.push({ kind: 'directive', start, end });
    else if (isUnclosedQuote(lexeme)) remarks.push({ kind: 'unclosed', start, end });
  }
  return { remarks, watch, close };
}

function isUnclosedQuote(lexeme: string): boolean {
  // A quote inside of single quotes is doubled: closed where their number is even.
  if (lexeme[0] === "'") return lexeme.split("'").length % 2 === 0;
  if (lexeme[0] !== '"') return false;
  if (lexeme.length === 1 || !lexeme.endsWith('"')) return true;
  let end = lexeme.length - 1;
  while (lexeme[end - 1] === '\\') end--;
  return (lexeme.length - 1 - end) % 2 === 1;
}
