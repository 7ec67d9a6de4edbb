import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../diagnostic.js';
import type { YamlSource } from './read-source.js';

/** What the parser found wrong in one document, in words for a reader. */
export function syntaxMistakes(errors: readonly YAMLError[], source: YamlSource): Diagnostic[] {
  return errors.slice(0, 1).map((error) => ({
    rule: 'yaml-syntax',
    message: error.message,
    at: source.diagnosticPlace(source.place(...error.pos)),
  }));
}
