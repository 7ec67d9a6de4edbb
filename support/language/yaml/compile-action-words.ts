import { nearest } from '../../model/nearest.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import type { StepKeyword } from '../step.js';
import type { Vocabulary } from './compile-action-value.js';
import type { Slot } from './face.js';
import { inFlow } from './face-example.js';
import { isInteger, isNumeric, type Shape } from './face-shape.js';
import type { YamlNode } from './node.js';

export function nameOf(section: StepKeyword | '*'): string {
  return section === '*' ? '"*"' : section.toLowerCase();
}

export function quoted(text: string): string {
  return `"${visibleExcerpt(text, 60)}"`;
}

export function didYouMean(
  word: string,
  valid: readonly string[],
  show = (text: string): string => text,
): readonly string[] {
  const meant = nearest(word, valid);
  return meant === undefined ? [] : [`did you mean "${show(meant)}"?`];
}

export function quoteIt(node: YamlNode, prefix: string): readonly string[] {
  if (node.kind !== 'scalar' || (typeof node.value !== 'number' && typeof node.value !== 'boolean')) return [];
  return [`quote it: ${prefix}"${node.source}"`];
}

export function kindOf(node: YamlNode): string {
  if (node.kind === 'mapping') return 'a mapping';
  if (node.kind === 'sequence') return 'a list';
  if (node.value === null) return 'no value';
  if (node.value instanceof Uint8Array) return 'bytes';
  return { string: 'text', number: 'a number', boolean: 'a boolean' }[
    typeof node.value as 'string' | 'number' | 'boolean'
  ];
}

export function inWords(node: YamlNode): string {
  return node.kind === 'scalar' && !(node.value instanceof Uint8Array) && node.value !== null
    ? quoted(node.source)
    : kindOf(node);
}

export function takesText(shape: Shape): boolean {
  if (shape.kind === 'several') return takesText(shape.of);
  return shape.kind === 'text' || (shape.kind === 'parameter' && !isNumeric(shape.slot));
}

export function takesNumbersOnly(shape: Shape): boolean {
  if (shape.kind === 'several') return takesNumbersOnly(shape.of);
  return shape.kind === 'parameter' && isNumeric(shape.slot);
}

/** The words that shapes are known to take. */
export function wordsOf(shapes: readonly Shape[], vocabulary: Vocabulary): readonly string[] {
  return shapes.flatMap((shape) => {
    if (shape.kind === 'literal') return [String(shape.value)];
    if (shape.kind === 'several') return wordsOf([shape.of], vocabulary);
    return shape.kind === 'parameter' ? (vocabulary.types.get(shape.slot.type)?.values ?? []) : [];
  });
}

export function formsOf(shapes: readonly Shape[]): string {
  return [...new Set(shapes.map(formOf))].join(', ');
}

export function formOf(shape: Shape): string {
  switch (shape.kind) {
    case 'literal':
      return inFlow(shape.value);
    case 'parameter':
      return isNumeric(shape.slot)
        ? numberWords(shape.slot)
        : shape.slot.type === 'string'
          ? 'text'
          : `a ${shape.slot.name}`;
    case 'binary':
      return 'bytes (!!binary)';
    case 'text':
      return 'text';
    case 'json':
      return 'any value';
    case 'collection':
      return 'a mapping or a list';
    case 'table':
      return 'a mapping of names to values';
    case 'several':
      return `${formOf(shape.of)}, or a list of these`;
    case 'mapping':
      return `a mapping with ${[...shape.properties.keys()].join(', ')}`;
  }
}

export function numberWords(slot: Slot): string {
  return isInteger(slot) ? 'a whole number' : 'a number';
}
