import type { DeclaredParameterType } from '../parameter-type.js';
import type { DeclaredStep, StepKeyword } from '../step.js';
import type { ActionOfStep, StepArgument, StepText } from './action.js';
import { compileWith, vocabularyOf } from './compile-action.js';
import type { Face } from './face.js';
import { nodeOf } from './node-of.js';
import { substitute } from './reverse-placeholders.js';
import { valuesOf } from './reverse-values.js';

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
    for (const face of vocabulary.faces) {
      if (keyword !== '*' && face.step.keyword !== keyword) continue;
      const action = candidatesOf(face, step, sampleRow).find((candidate) => proves(candidate, step));
      if (action !== undefined) return action;
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
