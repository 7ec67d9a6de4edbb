/**
 * Where the JSON value that begins at `start` ends; the end of the text where it is cut. Does not check it: it is there to leave a value
 * out, so in doubt it takes in too much.
 * @param backslashes how many stand before each quotation mark, where the JSON is quoted within other text: 0, 1, 3, 7, …
 */
export function jsonValueEnd(text: string, start: number, backslashes: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const character = text[at];
    if (character === '"' || character === '\\') {
      at = stringEnd(text, at, backslashes);
    } else if (character === '{' || character === '[') {
      depth++;
      at++;
    } else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth--;
      at++;
    } else if (depth === 0) {
      const scalar = /[^\s,}\]"\\]+/y;
      scalar.lastIndex = at;
      return scalar.test(text) ? scalar.lastIndex : at;
    } else at++;
    if (depth === 0) return at;
  }
  return text.length;
}

function stringEnd(text: string, start: number, backslashes: number): number {
  let at = text.indexOf('"', start) + 1;
  if (at === 0) return text.length;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let before = 0;
    while (quote - before > at && text[quote - before - 1] === '\\') before++;
    at = quote + 1;
    // With none outside, `\"` is within; with one outside, `\\\"` is within and `\"` the end.
    if (before >= backslashes && Math.floor(before / (backslashes + 1)) % 2 === 0) return at;
  }
}
