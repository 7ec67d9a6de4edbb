import type { Diagnostic } from '../diagnostic.js';
import type { DeclaredParameterType } from '../parameter-type.js';
import { type DeclaredStep, STEP_KEYWORDS, type StepKeyword } from '../step.js';
import type { ActionCompiler, ActionContext, CompiledStep } from './action.js';
import { type ActionMistakes, actionMistakes } from './compile-action-mistakes.js';
import { compileEscapeHatch } from './compile-action-step.js';
import { compileValue, type ValueContext, type Vocabulary } from './compile-action-value.js';
import { type Face, facesOf, STEP_KEY } from './face.js';
import { expressionReader } from './face-expression.js';
import type { YamlNode } from './node.js';

/**
 * The compiler of actions for these steps. It is pure and keeps nothing between actions, so that one compiler serves all
 * files of a run.
 */
export function actionCompilerOf(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): ActionCompiler {
  const vocabulary = vocabularyOf(steps, parameterTypes);
  return (action, context) => compileWith(vocabulary, action, context);
}

export function compileWith(
  vocabulary: Vocabulary,
  action: YamlNode,
  context: ActionContext,
): ReturnType<ActionCompiler> {
  const mistakes: Diagnostic[] = [];
  const steps = compile(action, context, vocabulary, mistakes);
  return { steps: mistakes.length === 0 ? steps : [], mistakes };
}

/** Everything that actions are made of. */
export function vocabularyOf(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): Vocabulary {
  const bySection = new Map<StepKeyword, Map<string, Face[]>>(STEP_KEYWORDS.map((keyword) => [keyword, new Map()]));
  for (const step of steps) {
    const byKey = bySection.get(step.keyword);
    for (const face of facesOf(step)) byKey?.set(face.key, [...(byKey.get(face.key) ?? []), face]);
  }
  const all = new Map<string, Face[]>();
  for (const byKey of bySection.values()) {
    for (const [key, faces] of byKey) all.set(key, [...(all.get(key) ?? []), ...faces]);
  }
  return {
    faces: steps.flatMap(facesOf),
    facesIn: (section) => (section === '*' ? all : (bySection.get(section) ?? all)),
    types: new Map(parameterTypes.map((type) => [type.name, type])),
    expressionOf: expressionReader(parameterTypes),
  };
}

function compile(
  action: YamlNode,
  context: ActionContext,
  vocabulary: Vocabulary,
  mistakes: Diagnostic[],
): readonly CompiledStep[] {
  // Few actions have a mistake, and to be able to tell of all of them takes longer than to compile one.
  let told: ActionMistakes | undefined;
  const withWords: ValueContext = {
    ...context,
    vocabulary,
    get wrong() {
      told ??= actionMistakes(context, vocabulary);
      return told;
    },
  };
  if (action.kind !== 'mapping') {
    mistakes.push(withWords.wrong.noMapping(action));
    return [];
  }
  const [entry, another] = action.entries;
  if (entry === undefined) {
    mistakes.push(withWords.wrong.empty(action));
    return [];
  }
  if (another !== undefined) {
    mistakes.push(withWords.wrong.severalKeys(action, another));
    return [];
  }
  if (entry.key === STEP_KEY) return compileEscapeHatch(entry, context, mistakes);
  const faces = vocabulary.facesIn(context.section).get(entry.key);
  if (faces === undefined) {
    mistakes.push(withWords.wrong.unknownKey(entry));
    return [];
  }
  return compileValue(entry, faces, withWords, mistakes);
}
