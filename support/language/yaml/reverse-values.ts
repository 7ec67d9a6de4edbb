import type { StepArgument } from './action.js';
import { unquote } from './compile-action-scalar.js';
import type { Slot } from './face.js';
import { isNumeric, type Shape } from './face-shape.js';

/** The values of a shape that may give these parameters and this argument. */
export function* valuesOf(
  shape: Shape,
  parameters: readonly (string | undefined)[],
  argument: StepArgument | undefined,
): Iterable<unknown> {
  switch (shape.kind) {
    case 'literal':
      yield shape.value;
      return;
    case 'parameter':
    case 'binary': {
      const text = parameters[shape.slot.index];
      if (text !== undefined) yield* shape.kind === 'binary' ? bytesOf(text) : valuesOfText(text, shape.slot);
      return;
    }
    case 'text':
      if (argument?.kind === 'text') yield argument.content;
      return;
    case 'json':
    case 'collection':
      if (argument?.kind === 'text') yield* parsed(argument.content);
      return;
    case 'table':
      if (argument?.kind === 'table') yield* tables(argument.rows);
      return;
    case 'several':
      yield* valuesOf(shape.of, parameters, argument);
      return;
    case 'mapping':
      yield* mappings([...shape.properties]);
  }

  function* mappings(properties: readonly (readonly [string, Shape])[]): Iterable<Record<string, unknown>> {
    const [first, ...rest] = properties;
    if (first === undefined) {
      yield {};
      return;
    }
    const [name, inner] = first;
    for (const value of valuesOf(inner, parameters, argument)) {
      for (const others of mappings(rest)) yield { [name]: value, ...others };
    }
  }
}

function* valuesOfText(text: string, slot: Slot): Iterable<unknown> {
  if (slot.type === 'string') {
    const content = unquote(text);
    if (content !== undefined) yield content;
    return;
  }
  // A declared type may be written in digits, too.
  if (isNumeric(slot) || /^\d+$/.test(text)) {
    const number = Number(text);
    if (String(number) === text) yield number;
  }
  yield text;
}

function* bytesOf(text: string): Iterable<Uint8Array> {
  const digits = unquote(text)?.replaceAll(' ', '');
  if (digits !== undefined && /^([0-9a-f]{2})*$/.test(digits)) yield new Uint8Array(Buffer.from(digits, 'hex'));
}

function* parsed(content: string): Iterable<unknown> {
  try {
    yield JSON.parse(content);
  } catch {
    // Then it is no JSON, and no value of this shape gives it.
  }
}

/** A table of two columns as a mapping, if the rows of a name follow each other; and as a list of rows. */
function* tables(rows: readonly (readonly string[])[]): Iterable<unknown> {
  if (rows.length > 0 && rows.every((row) => row.length === 2)) {
    const byName = new Map<string, string[]>();
    for (const [name = '', value = ''] of rows) byName.set(name, [...(byName.get(name) ?? []), value]);
    yield Object.fromEntries([...byName].map(([name, values]) => [name, values.length === 1 ? values[0] : values]));
  }
  yield rows;
}
