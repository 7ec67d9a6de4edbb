import { Composer, type Document, Lexer, type ParsedNode, Parser } from 'yaml';
import { LIMITS } from './limits.js';

/** A file that is nested deeper, or has more documents, than is read. */
export interface Refusal {
  readonly kind: 'depth' | 'documents';
  /** Where the limit was reached. */
  readonly offset: number;
}

/** What the parser makes of a text, bounded in depth: no function of the parser calls itself more often than that. */
export function parseDocuments(text: string): { documents: Document.Parsed[]; refusal?: Refusal } {
  const parser = new Parser();
  // Duplicate keys are found by us: the parser compares each key with each.
  const composer = new Composer<ParsedNode>({
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    resolveKnownTags: false,
    customTags: ['binary'],
    prettyErrors: false,
  });
  const documents: Document.Parsed[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    if (parser.stack.length > LIMITS.depth + 2)
      return { documents, refusal: { kind: 'depth', offset: parser.offset - 1 } };
    if (documents.length >= LIMITS.documents) return { documents, refusal: { kind: 'documents', offset } };
    offset = parser.offset;
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(true, text.length));
  return { documents };
}
