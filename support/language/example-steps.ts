import { parseGherkin } from './gherkin/parse.js';
import type { DeclaredStep } from './step.js';
import type { StepText } from './yaml/action.js';

const known = new WeakMap<DeclaredStep, readonly StepText[]>();

/** The steps that the example of a declaration shows; none where it is no Gherkin. */
export function exampleStepsOf(step: DeclaredStep): readonly StepText[] {
  const found = known.get(step) ?? parseExample(step.example);
  known.set(step, found);
  return found;
}

function parseExample(example: string): readonly StepText[] {
  const { document } = parseGherkin(`Feature: example\nScenario: example\n${example}\n`, 'example.feature');
  const steps = document?.feature?.children.flatMap(({ scenario }) => scenario?.steps ?? []) ?? [];
  return steps.map(({ text, dataTable, docString }): StepText => {
    if (dataTable !== undefined) {
      const rows = dataTable.rows.map(({ cells }) => cells.map(({ value }) => value));
      return { text, argument: { kind: 'table', rows } };
    }
    if (docString === undefined) return { text };
    const { content, mediaType } = docString;
    return { text, argument: { kind: 'text', content, ...(mediaType === undefined ? {} : { mediaType }) } };
  });
}
