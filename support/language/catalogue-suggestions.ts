import { nearest } from '../model/nearest.js';
import { type Catalogue, searchTextOf } from './catalogue.js';

/** What to say when no step and no parameter type has all words of a search: one line, without a final full stop. */
export function nothingFound(catalogue: Catalogue, words: readonly string[]): string {
  const all = '`mirrorspec steps` lists all of them';
  const texts = [
    ...catalogue.themes.flatMap(({ name, steps }) => steps.map((step) => `${name} ${searchTextOf(step)}`)),
    ...catalogue.parameterTypes.map(({ name, description, values }) => `${name} ${description} ${values.join(' ')}`),
  ].map((text) => text.toLowerCase());
  const searched = words.flatMap((word) => word.toLowerCase().split(/\s+/)).filter(Boolean);
  const unknown = searched.filter((word) => !texts.some((text) => text.includes(word)));
  if (unknown.length === 0) {
    return `no step contains all of ${searched.map((word) => `"${word}"`).join(', ')}; look for one of them, or ${all}`;
  }
  const vocabulary = new Set(texts.flatMap((text) => text.match(/[\p{L}\d][\p{L}\d./-]*[\p{L}\d]/gu) ?? []));
  const told = unknown.map((word) => {
    const meant = nearest(word, vocabulary);
    return `no step contains "${word}"${meant === undefined ? '' : `, but some contain "${meant}"`}`;
  });
  return `${told.join('; ')}; ${all}`;
}
