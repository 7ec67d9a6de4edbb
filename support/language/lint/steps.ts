import { UserError } from '../../model/errors.js';
import { checkUsedSteps, type UsedStep } from '../check-steps.js';
import type { Diagnostic } from '../diagnostic.js';
import type { StepDefinition, StepMatcher } from '../match-steps.js';
import { declaredStepOf } from '../step.js';
import type { KeywordStep } from '../yaml/feature.js';
import { interpolate, type LintedFeature, type Row, rowsOf, scopesOf } from './linted.js';

/**
 * Steps that nobody or several declare, steps that lack what stands below them, and values that a step refuses. Each row of
 * an outline counts. A mistake that occurs several times in the files is one.
 */
export function checkFeatureSteps(
  features: readonly LintedFeature[],
  definitions: readonly StepDefinition[],
  matching: StepMatcher,
): Diagnostic[] {
  const steps = features.flatMap(usedSteps);
  return [...checkUsedSteps(steps, definitions, matching), ...refusedValues(steps, matching)];
}

function usedSteps(feature: LintedFeature): UsedStep[] {
  return scopesOf(feature).flatMap(({ what, scenarios, backgrounds }) => {
    // A background of the feature belongs to the scopes of its rules, too.
    const own =
      what === 'feature' ? backgrounds : backgrounds.filter(({ at }) => at !== feature.feature.background?.at);
    return [
      ...own.flatMap(({ steps }) => steps.map((step) => usedStep(feature, step))),
      ...scenarios.flatMap(({ steps, examples }) => {
        const rows = rowsOf(examples);
        const filled = (step: KeywordStep): UsedStep[] => rows.map((row) => usedStep(feature, step, row));
        return steps.flatMap((step) =>
          step.text.includes('<') && examples.length > 0 ? filled(step) : [usedStep(feature, step)],
        );
      }),
    ];
  });
}

function usedStep(feature: LintedFeature, { text, argument, at }: KeywordStep, row?: Row): UsedStep {
  return {
    text: row === undefined ? text : interpolate(text, row),
    ...(argument === undefined ? {} : { argument: argument.kind }),
    place: () => feature.place(at),
  };
}

/**
 * Values that a parameter's type refuses. The types' transforms are pure, so that they can be asked without running the
 * step; errors other than `UserError` are left to the run.
 */
function refusedValues(steps: readonly UsedStep[], matching: StepMatcher): Diagnostic[] {
  const known = new Set<string>();
  return steps.flatMap((step): Diagnostic[] => {
    if (known.has(step.text)) return [];
    known.add(step.text);
    const [definition, another] = matching(step.text);
    if (definition === undefined || another !== undefined) return [];
    const declared = declaredStepOf(definition.unwrappedCode);
    if (declared === undefined) return [];
    const values = definition.expression.match(step.text) ?? [];
    return values.flatMap((value, index): Diagnostic[] => {
      const message = refusal(() => value.getValue({}));
      if (message === undefined) return [];
      const parameter = declared.parameters[index];
      return [
        {
          rule: 'refused-value',
          message,
          at: step.place(),
          help: parameter === undefined ? [] : [`${parameter.name}: ${parameter.description}`],
        },
      ];
    });
  });
}

function refusal(transform: () => unknown): string | undefined {
  try {
    transform();
    return undefined;
  } catch (error) {
    return error instanceof UserError ? error.message : undefined;
  }
}
