import { visibleLines } from '../../model/visible-text.js';

/**
 * Any text as content of an XML 1.0 element: markup is escaped, and what XML cannot hold at all (controls, unpaired
 * surrogates, U+FFFE and U+FFFF) is shown as `\u{…}`.
 */
export function xmlText(text: string): string {
  return visibleLines(text).replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The same as the value of an attribute in double quotes; its line breaks and tabs are kept. */
export function xmlAttribute(text: string): string {
  return xmlText(text).replace(/["\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
