import { exampleStepsOf } from '../example-steps.js';
import type { StepText } from './action.js';
import type { Vocabulary } from './compile-action-value.js';
import type { Face, Slot } from './face.js';
import { isNumeric, type Shape } from './face-shape.js';
import { valuesOf } from './reverse-values.js';

/** So many ways to write a value are listed at most. */
const WAYS = 8;

/** How faces can be written, one line for each, with values from the examples of their declarations. */
export function waysToWrite(faces: readonly Face[], vocabulary: Vocabulary): readonly string[] {
  const all = [...new Set(faces.map((face) => exampleAction(face, vocabulary)))];
  const more = all.length > WAYS ? [`  … and ${all.length - WAYS} more`] : [];
  return all.length === 0 ? [] : ['it can be written so:', ...all.slice(0, WAYS).map((way) => `  ${way}`), ...more];
}

/** How a face can be written, on one line. */
export function exampleAction(face: Face, vocabulary: Vocabulary): string {
  return `${face.key}: ${inFlow(exampleValue(face, vocabulary))}`;
}

/** A value of a face: the one that the declaration's example has, else one of the right form. */
export function exampleValue(face: Face, vocabulary: Vocabulary): unknown {
  for (const step of exampleStepsOf(face.step)) {
    const value = valueIn(step, face, vocabulary);
    if (value !== undefined) return value;
  }
  // A synonym without parameters can be shown with what stands below the step in its example.
  const [argument] = exampleStepsOf(face.step).flatMap((step) => step.argument ?? []);
  if (face.slots.length === 0) for (const value of valuesOf(face.shape, [], argument)) return value;
  return fill(face.shape, vocabulary);
}

/** How a step that is written in Gherkin's words is probably written in YAML; undefined where it is none of these faces. */
export function likelyAction(step: StepText, faces: Iterable<Face>, vocabulary: Vocabulary): string | undefined {
  for (const face of faces) {
    const value = valueIn(step, face, vocabulary);
    if (value !== undefined) return `${face.key}: ${inFlow(value)}`;
  }
  return undefined;
}

function valueIn({ text, argument }: StepText, face: Face, vocabulary: Vocabulary): unknown {
  const matched = vocabulary.expressionOf(face.expression).match(text);
  if (matched === undefined) return undefined;
  const parameters = matched.map((parameter) => parameter.text);
  for (const value of valuesOf(face.shape, parameters, argument)) return value;
  return undefined;
}

function fill(shape: Shape, vocabulary: Vocabulary): unknown {
  switch (shape.kind) {
    case 'literal':
      return shape.value;
    case 'parameter':
      return likely(shape.slot, vocabulary);
    case 'binary':
      return new Uint8Array([0, 255]);
    case 'text':
      return 'text';
    case 'table':
    case 'json':
    case 'collection':
      return { name: 'value' };
    case 'several':
      return fill(shape.of, vocabulary);
    case 'mapping':
      return Object.fromEntries([...shape.properties].map(([name, inner]) => [name, fill(inner, vocabulary)]));
  }
}

function likely({ name, type, schema }: Slot, vocabulary: Vocabulary): unknown {
  if (isNumeric({ type })) return schema?.minimum ?? 1;
  return vocabulary.types.get(type)?.values[0] ?? schema?.enum?.[0] ?? schema?.examples?.[0] ?? name;
}

/** Data in YAML's flow style, on one line. */
export function inFlow(value: unknown): string {
  if (value instanceof Uint8Array) return `!!binary ${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${inFlow(key)}: ${inFlow(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (typeof value !== 'string' || !/^[^'\p{Cc}]*["\\][^'\p{Cc}]*$/u.test(value)) {
    return typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value);
  }
  return `'${value}'`;
}

/** Whether a text needs no quotes in flow style: told conservatively, for what a reader may copy. */
function isPlain(text: string): boolean {
  return /^(\d+ )?[\p{L}<][\p{L}\w<>./+=-]*( [\p{L}\w<>./+=-]+)*$/u.test(text) && !/^(true|false|null)$/i.test(text);
}
