import { type StepDefinition, stepMatcher } from './match-steps.js';
import type { DeclaredParameterType } from './parameter-type.js';
import { type DeclaredStep, declaredStepOf } from './step.js';
import { compileWith, vocabularyOf } from './yaml/compile-action.js';
import type { Vocabulary } from './yaml/compile-action-value.js';
import type { Face } from './yaml/face.js';
import { exampleValue, inFlow } from './yaml/face-example.js';
import { nodeOf } from './yaml/node-of.js';

const STEP_LINE = /^\s*(?:Given|When|Then|And|But|\*) (.*?)\s*$/;

/** Says of each step whose example does not show it: every step line must match one step, and one of them this step. */
export function checkExamples(steps: readonly DeclaredStep[], definitions: readonly StepDefinition[]): string[] {
  const matchingSteps = stepMatcher(definitions);
  return steps.flatMap((step) => {
    const problems: string[] = [];
    const shown = stepTexts(step.example).map((text) => {
      const matching = matchingSteps(text);
      if (matching.length !== 1) problems.push(`"${text}" matches ${matching.length} steps`);
      return matching.some(({ unwrappedCode }) => declaredStepOf(unwrappedCode) === step);
    });
    if (!shown.includes(true)) problems.push(`no line of it is this step`);
    return problems.map((problem) => `${step.site.file}:${step.site.line}: example of "${step.title}": ${problem}`);
  });
}

/**
 * Says of each YAML face with which the step cannot be written: what its example compiles to must match one step, and that
 * must be the face's own. A face that stands behind literal ones is reached with a placeholder.
 */
export function checkFaceExamples(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
  definitions: readonly StepDefinition[],
): string[] {
  const matchingSteps = stepMatcher(definitions);
  const vocabulary = vocabularyOf(steps, parameterTypes);
  return vocabulary.faces.flatMap((face) => {
    const value = exampleValue(face, vocabulary);
    const written = compileExample(face, value, vocabulary);
    const open = typeof value === 'string' ? compileExample(face, `<${COLUMN}>`, vocabulary, value) : [];
    const { match } = vocabulary.expressionOf(face.expression);
    const problems = [...written, ...open].map((text) => {
      const found = matchingSteps(text);
      const [only] = found;
      if (only === undefined || found.length > 1) return `"${text}" matches ${found.length} steps`;
      const isOwn = declaredStepOf(only.unwrappedCode) === face.step && match(text) !== undefined;
      return isOwn ? undefined : `"${text}" is another step`;
    });
    if (problems.includes(undefined)) return [];
    const { site, title } = face.step;
    const problem = problems[0] ?? 'that compiles to nothing';
    return [`${site.file}:${site.line}: "${title}" cannot be written as ${inFlow({ [face.key]: value })}: ${problem}`];
  });
}

const COLUMN = 'column';

/** The texts of the steps that a value compiles to; `inRow` is what a row has in place of the placeholder. */
function compileExample(face: Face, value: unknown, vocabulary: Vocabulary, inRow = ''): readonly string[] {
  const { steps } = compileWith(vocabulary, nodeOf({ [face.key]: value }), {
    section: face.step.keyword,
    placeholders: new Set([COLUMN]),
    place: ({ line, column }) => ({ file: face.step.site.file, line, column }),
  });
  return steps.map(({ text }) => text.replaceAll(`<${COLUMN}>`, inRow));
}

/** Texts of the step lines; what stands in doc strings is no step. */
function stepTexts(example: string): string[] {
  const texts: string[] = [];
  let inDocString = false;
  for (const line of example.split('\n')) {
    if (/^\s*("""|```)/.test(line)) inDocString = !inDocString;
    const text = inDocString ? undefined : STEP_LINE.exec(line)?.[1];
    if (text !== undefined) texts.push(text);
  }
  return texts;
}
