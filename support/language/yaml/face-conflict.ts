import type { Face } from './face.js';
import { isNumeric, type Shape } from './face-shape.js';

/** Why no value says which of two faces with one key is meant; undefined if every value does. */
export function conflictOf(a: Face, b: Face): string | undefined {
  return overlap(a.shape, b.shape);
}

/**
 * A literal is told apart from a parameter (it goes first), numbers from text, text from bytes, scalars from collections,
 * mappings by the names of their properties. A text that cannot stand in quotes goes to the doc string of the same key.
 */
function overlap(a: Shape, b: Shape): string | undefined {
  if (a.kind === 'several') return overlap(a.of, b) ?? (takesLists(b) ? 'both take a list' : undefined);
  if (b.kind === 'several') return overlap(b, a);
  if (a.kind === 'mapping' && b.kind === 'mapping') return overlapOfMappings(a.properties, b.properties);
  if (a.kind === 'literal' || b.kind === 'literal') {
    return a.kind === b.kind && 'value' in a && 'value' in b && a.value === b.value
      ? `both are ${JSON.stringify(a.value)}`
      : undefined;
  }
  const common = taken(a).find((form) => taken(b).includes(form));
  if (common === undefined || isTextInEitherForm(a, b) || isTextInEitherForm(b, a)) return undefined;
  return `both take ${common}`;
}

function overlapOfMappings(a: ReadonlyMap<string, Shape>, b: ReadonlyMap<string, Shape>): string | undefined {
  if (a.size !== b.size || [...a.keys()].some((name) => !b.has(name))) return undefined;
  let found: string | undefined;
  for (const [name, shape] of a) {
    const other = b.get(name);
    const conflict = other === undefined ? undefined : overlap(shape, other);
    if (conflict === undefined) return undefined;
    found ??= `"${name}": ${conflict}`;
  }
  return found;
}

function takesLists({ kind }: Shape): boolean {
  return kind === 'several' || kind === 'table' || kind === 'json' || kind === 'collection';
}

function isTextInEitherForm(a: Shape, b: Shape): boolean {
  return a.kind === 'parameter' && a.slot.type === 'string' && b.kind === 'text';
}

function taken(shape: Shape): readonly string[] {
  switch (shape.kind) {
    case 'parameter':
      return isNumeric(shape.slot) ? ['a number'] : ['text'];
    case 'binary':
      return ['bytes'];
    case 'text':
      return ['text'];
    case 'table':
    case 'collection':
    case 'mapping':
      return ['a mapping'];
    case 'json':
      return ['text', 'a number', 'a mapping'];
    case 'literal':
    case 'several':
      return [];
  }
}
