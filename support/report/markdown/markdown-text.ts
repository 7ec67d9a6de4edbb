import { visibleText } from '../../model/visible-text.js';

/** What Markdown could take for markup, a table's cell, a link that it makes itself, or a list. */
const ACTIVE = /[^\p{L}\p{N}\p{M} ,;()/.%…—→×=?"'+-]|^[+-]|(?<=^\d+)\.|\.(?=\p{L})/gu;

/**
 * Text from outside as one line of Markdown that shows just this text. Whatever could be markup becomes a character
 * reference, which is never read as such. GitHub and GitLab look for mentions and references in what Markdown has come to,
 * so these are broken by a word joiner, which nobody sees.
 */
export function markdownText(text: string): string {
  return visibleText(text).replace(ACTIVE, (character) => {
    const reference = `&#${character.codePointAt(0)};`;
    return /[@#!~$&%]/.test(character) ? `${reference}&#8288;` : reference;
  });
}
