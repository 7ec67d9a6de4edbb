import type { Diagnostic } from '../diagnostic.js';
import type { Remark } from './read-documents.js';

/** Something that is wrong with the syntax: noticed by the parser, or seen to pass by. */
export type Flaw = ParserError | Remark;

export interface ParserError {
  readonly kind: 'error';
  /** The parser's, as are the message and the offsets. */
  readonly code: string;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** What a flaw means for the one who wrote it. */
export interface Words extends Pick<Diagnostic, 'message' | 'help' | 'notes'> {
  readonly rule: string;
  /** Where it is meant, if elsewhere than the flaw. */
  readonly start?: number;
  readonly end?: number;
  /** The parser can go on: what it says of the rest of the document is to be relied on. */
  readonly contained?: boolean;
}
