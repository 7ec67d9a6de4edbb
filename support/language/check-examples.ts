import { type StepDefinition, stepMatcher } from './match-steps.js';
import { type DeclaredStep, declaredStepOf } from './step.js';

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
