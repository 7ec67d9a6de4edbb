import { visibleExcerpt } from '../../model/visible-text.js';
import { alternativesOf, type Schema, type Validation } from './schema-check-schema.js';

/** Words of a list that are shown; more of them nobody reads. */
const WORDS = 40;

/** What a schema says about itself. */
export function describe({ title, description, examples }: Schema): string[] {
  const sentence = typeof description === 'string' ? [`${title === undefined ? '' : `${title}: `}${description}`] : [];
  return [...sentence, ...examplesIn(examples)];
}

/** Examples where there are some, for somebody who knows what it is about. */
export function describeBriefly(schema: Schema): string[] {
  const examples = examplesIn(schema.examples);
  return examples.length > 0 ? examples : describe(schema);
}

function examplesIn(examples: unknown): string[] {
  return Array.isArray(examples) && examples.length > 0 ? [`for example: ${examples.map(inYaml).join(', ')}`] : [];
}

/** "it can be: a, b, c". */
export function listed(words: readonly string[]): string[] {
  const unique = [...new Set(words)];
  if (unique.length === 0) return [];
  const more = unique.length > WORDS ? ', …' : '';
  return [`it can be: ${unique.slice(0, WORDS).join(', ')}${more}`];
}

export function keysOf({ properties }: Schema): string[] {
  return Object.keys((properties ?? {}) as object);
}

/** The values that a schema lists, in whatever form they stand. */
export function valuesOf(schema: Schema, validation: Validation): unknown[] {
  const resolved = validation.resolved(schema);
  if ('const' in resolved) return [resolved.const];
  if (Array.isArray(resolved.enum)) return resolved.enum;
  return alternativesOf(resolved).flatMap((form) => valuesOf(form, validation));
}

/** Everything that a schema admits, each form in a few words. */
export function formsInWords(schema: Schema, validation: Validation): string[] {
  const resolved = validation.resolved(schema);
  const alternatives = alternativesOf(resolved);
  if (alternatives.length > 0) return alternatives.flatMap((form) => formsInWords(form, validation));
  const { type, title, minimum, maximum, items, pattern } = resolved;
  if ('const' in resolved || Array.isArray(resolved.enum)) return valuesOf(resolved, validation).map(inYaml);
  switch (type) {
    case 'object': {
      const keys = keysOf(resolved);
      if (keys.length === 0) return ['a mapping'];
      return [`a mapping with ${keys.length === 1 ? keys[0] : `${keys.slice(0, -1).join(', ')} and ${keys.at(-1)}`}`];
    }
    case 'array': {
      const inner = items === undefined ? [] : formsInWords(items as Schema, validation);
      return [inner.length === 0 ? 'a list' : `a list of ${inner.join(', ')}`];
    }
    case 'integer':
    case 'number': {
      const number = type === 'integer' ? 'a whole number' : 'a number';
      if (minimum !== undefined && maximum !== undefined) return [`${number} from ${minimum} to ${maximum}`];
      if (minimum !== undefined) return [`${number} of ${minimum} or more`];
      return [maximum === undefined ? number : `${number} of ${maximum} or less`];
    }
    case 'boolean':
      return ['true', 'false'];
    case 'null':
      return [];
    case 'string':
      return [pattern !== undefined && typeof title === 'string' ? title : 'text'];
    default:
      return [typeof title === 'string' ? title : 'another value'];
  }
}

/** A value on one line, a text without quotes. */
export function inYaml(value: unknown): string {
  return visibleExcerpt(typeof value === 'string' ? value : JSON.stringify(value), 80);
}
