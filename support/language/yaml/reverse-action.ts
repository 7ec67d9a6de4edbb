import type { DeclaredParameterType } from '../parameter-type.js';
import type { DeclaredStep, StepKeyword } from '../step.js';
import type { ActionOfStep, StepArgument, StepText } from './action.js';
import { compileWith, vocabularyOf } from './compile-action.js';
import { unquote } from './compile-action-scalar.js';
import type { Face, Slot } from './face.js';
import { isNumeric, type Shape } from './face-shape.js';
import { nodeOf } from './node-of.js';
import { substitute } from './reverse-placeholders.js';

/**
 * Finds the action that compiles to exactly this step, in its text and in what stands below it; undefined where there is
 * none. In an outline, `sampleRow` is one of its rows, by column: the text is matched with its values, and the action has
 * the placeholders.
 */
export type ActionFinder = (
  step: StepText,
  keyword: StepKeyword | '*',
  sampleRow?: ReadonlyMap<string, string>,
) => ActionOfStep | undefined;

const NO_ROW: ReadonlyMap<string, string> = new Map();

export function actionFinderOf(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): ActionFinder {
  const vocabulary = vocabularyOf(steps, parameterTypes);
  return (step, keyword, sampleRow = NO_ROW) => {
    for (const faces of vocabulary.facesIn(keyword).values()) {
      for (const face of faces) {
        const action = candidatesOf(face, step, sampleRow).find((candidate) => proves(candidate, step));
        if (action !== undefined) return action;
      }
    }
    return undefined;

    function candidatesOf(face: Face, { text, argument }: StepText, row: ReadonlyMap<string, string>): ActionOfStep[] {
      const { values, originalRange } = substitute(text, row);
      const matched = vocabulary.expressionOf(face.expression).match(values);
      if (matched === undefined) return [];
      const parameters = matched.map(({ start, end }) => {
        const range = originalRange(start, end);
        return range === undefined ? undefined : text.slice(...range);
      });
      return [...valuesOf(face.shape, parameters, argument)].map((value) => ({ key: face.key, value }));
    }

    function proves({ key, value }: ActionOfStep, wanted: StepText): boolean {
      const action = nodeOf({ [key]: value });
      const { steps: compiled, mistakes } = compileWith(vocabulary, action, {
        section: keyword,
        placeholders: new Set(sampleRow.keys()),
        place: ({ line, column }) => ({ file: '', line, column }),
      });
      const [only, another] = compiled;
      return mistakes.length === 0 && only !== undefined && another === undefined && sameStep(only, wanted);
    }
  };
}

export function sameStep(a: StepText, b: StepText): boolean {
  return a.text === b.text && JSON.stringify(contentOf(a.argument)) === JSON.stringify(contentOf(b.argument));
}

function contentOf(argument: StepArgument | undefined): unknown {
  if (argument === undefined) return null;
  return argument.kind === 'table' ? argument.rows : [argument.content, argument.mediaType ?? ''];
}

/** The values of a shape that may give these parameters and this argument. */
function* valuesOf(
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
