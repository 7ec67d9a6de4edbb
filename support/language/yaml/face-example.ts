import { unquote } from './compile-action-scalar.js';
import type { Vocabulary } from './compile-action-value.js';
import type { Face, Slot } from './face.js';
import { isNumeric, type Shape } from './face-shape.js';

const STEP_LINE = /^\s*(?:Given|When|Then|And|But|\*) (.*?)\s*$/gm;

/** How a face can be written, on one line, with values from the example of its declaration. */
export function wayToWrite(face: Face, vocabulary: Vocabulary): string {
  return `${face.key}: ${inFlow(exampleValue(face, vocabulary))}`;
}

function exampleValue(face: Face, vocabulary: Vocabulary): unknown {
  const expression = vocabulary.expressionOf(face.expression);
  let matched: ReturnType<typeof expression.match>;
  for (const [, text = ''] of face.step.example.matchAll(STEP_LINE)) matched ??= expression.match(text);
  return fill(face.shape, (slot) => {
    const text = matched?.[slot.index]?.text ?? vocabulary.types.get(slot.type)?.values[0];
    if (isNumeric(slot)) return Number(text ?? 1);
    return text === undefined ? slot.name : (unquote(text) ?? text);
  });
}

/** The data that a shape stands for, with these values for its parameters. */
function fill(shape: Shape, ofSlot: (slot: Slot) => unknown): unknown {
  switch (shape.kind) {
    case 'literal':
      return shape.value;
    case 'parameter':
      return ofSlot(shape.slot);
    case 'binary':
      return new Uint8Array([0, 255]);
    case 'table':
      return { name: 'value' };
    case 'text':
      return 'text';
    case 'json':
    case 'collection':
      return { name: 'value' };
    case 'several':
      return fill(shape.of, ofSlot);
    case 'mapping':
      return Object.fromEntries([...shape.properties].map(([name, inner]) => [name, fill(inner, ofSlot)]));
  }
}

/** Data in YAML's flow style, on one line. */
export function inFlow(value: unknown): string {
  if (value instanceof Uint8Array) return `!!binary ${Buffer.from(value).toString('base64')}`;
  if (Array.isArray(value)) return `[${value.map(inFlow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${inFlow(key)}: ${inFlow(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value);
}

/** Whether a text needs no quotes in flow style: conservatively, for what a reader has to copy. */
function isPlain(text: string): boolean {
  return /^[A-Za-z<][\w<>./+-]*( [\w<>./+-]+)*$/.test(text) && !/^(true|false|null)$/i.test(text);
}
