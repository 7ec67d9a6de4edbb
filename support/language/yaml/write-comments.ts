import { type Document, isNode } from 'yaml';
import type { GherkinDocument } from '../plan.js';
import type { WrittenPlace } from './write-lines.js';

type Comment = GherkinDocument['comments'][number];

/** Puts each comment before what follows it in Gherkin, the last ones at the document's end. */
export function placeComments(comments: readonly Comment[], places: readonly WrittenPlace[], document: Document): void {
  const sorted = [...places].sort((a, b) => a.line - b.line);
  for (const { location, text } of comments) {
    const words = commentText(text);
    if (words === undefined) continue;
    const place = sorted.find(({ line }) => line > location.line);
    if (place === undefined) document.comment = appended(document.comment, words);
    else if (isNode(place.node)) place.node.commentBefore = appended(place.node.commentBefore, words);
  }
}

/** The first line of the file, by which editors find the schema. */
export function placeSchema(schema: string, document: Document): void {
  const target = document.contents;
  if (target === null) return;
  const words = ` yaml-language-server: $schema=${schema}`;
  target.commentBefore = target.commentBefore ? `${words}\n${target.commentBefore}` : words;
}

function appended(before: string | null | undefined, words: string): string {
  return before ? `${before}\n${words}` : words;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what YAML does not admit in a comment.
const NOT_PRINTABLE = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\p{Cs}\ufffe\uffff]/gu;

/** Without the `#`. In Markdown the parser takes the line below a table's header for a comment, which has none. */
function commentText(text: string): string | undefined {
  const [, words] = /^\s*#(.*)$/s.exec(text) ?? [];
  // An empty comment would be left out by the library.
  return words === undefined ? undefined : words.replace(NOT_PRINTABLE, ' ') || ' ';
}
