import { type Dialect, gherkinLibrary } from '../gherkin/library.js';
import type { KeywordStep } from './feature.js';

export const DEFAULT_LANGUAGE = 'en';

/** The keywords of a language as Gherkin knows it by its code, or undefined. */
export function dialectOf(language: string): Dialect | undefined {
  const { dialects } = gherkinLibrary();
  return Object.hasOwn(dialects, language) ? dialects[language] : undefined;
}

export function languages(): readonly string[] {
  return Object.keys(gherkinLibrary().dialects);
}

const sorted = new WeakMap<Dialect, readonly string[]>();

/** Step keywords, longest first, as Gherkin tries them. */
export function stepKeywords(dialect: Dialect): readonly string[] {
  const known = sorted.get(dialect);
  if (known !== undefined) return known;
  const { given, when, then, and, but } = dialect;
  const keywords = [...given, ...when, ...then, ...and, ...but].sort((a, b) => b.length - a.length);
  sorted.set(dialect, keywords);
  return keywords;
}

/**
 * The keyword to write before `text` so that Gherkin reads this keyword and this text. In French, `Et ` before a text
 * that begins with `que ` would be read as the keyword `Et que `; then another keyword of the kind is taken, or `* `.
 */
export function keywordFor({ keyword, text }: Pick<KeywordStep, 'keyword' | 'text'>, dialect: Dialect): string {
  const { given, when, then, and } = dialect;
  const kind = { Given: given, When: when, Then: then, And: and, '*': [] }[keyword];
  const read = (line: string): string | undefined => stepKeywords(dialect).find((each) => line.startsWith(each));
  return kind.find((each) => each !== '* ' && read(`${each}${text}`) === each) ?? '* ';
}
