/**
 * Characters that a reader cannot see or that act on what shows them: controls (ANSI sequences begin with one), bidi
 * marks and other format characters, blanks that look like a space, line separators, unpaired surrogates, private and
 * unassigned ones. A backslash before `u{` is escaped too, so that an escape in the output is always ours.
 */
const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|\\(?=u\{)/gu;

/** Most text is nothing but these: it is shown as it is, and looking for that costs little. */
const PLAIN = /^[ -[\]-~]*$/;
const PLAIN_LINES = /^[ -~\n\t]*$/;

/** Text from outside, made safe to show on one line: what is invisible or acts on a terminal becomes `\u{…}`. */
export function visibleText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** {@link visibleText} of at most `characters` characters of `text`; `…` stands for what was cut off. */
export function visibleExcerpt(text: string, characters: number): string {
  // A character is one or two UTF-16 units, so a slice of twice the number always holds enough of them.
  const head = Array.from(text.slice(0, 2 * characters + 2));
  if (head.length <= characters) return visibleText(text);
  return `${visibleText(head.slice(0, characters).join(''))}…`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is how colours begin.
const COLOUR = /\u001b\[[\d;]*m/g;
/** As {@link INVISIBLE}, but for line breaks, tabs and backslashes. */
const INVISIBLE_IN_LINES =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/**
 * Text of several lines that may quote what is visible already: what is invisible, or acts on what shows it, becomes `\u{…}`; lines,
 * tabs and earlier escapes stay. Colours of terminals are dropped.
 */
export function visibleLines(text: string): string {
  if (PLAIN_LINES.test(text)) return text;
  return text
    .replace(COLOUR, '')
    .replace(/\r\n/g, '\n')
    .replace(INVISIBLE_IN_LINES, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
