import { checkUsedSteps, type UsedStep } from '../check-steps.js';
import type { Diagnostic } from '../diagnostic.js';
import type { StepDefinition, StepMatcher } from '../match-steps.js';
import type { KeywordStep } from '../yaml/feature.js';
import { interpolate, type LintedFeature, type Row, rowsOf, scopesOf } from './linted.js';
import type { ValueCheck } from './values.js';

/**
 * Steps that nobody or several declare, steps that lack what stands below them, and values that a step refuses. Each row of
 * an outline counts. A mistake that occurs several times in the files is one.
 */
export function checkFeatureSteps(
  features: readonly LintedFeature[],
  definitions: readonly StepDefinition[],
  matching: StepMatcher,
  checkValues: ValueCheck,
): Diagnostic[] {
  const steps = features.flatMap(usedSteps);
  return [...checkUsedSteps(steps, definitions, matching), ...checkValues(steps)];
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
        return steps.flatMap((step) => {
          if (!step.text.includes('<')) return [usedStep(feature, step)];
          if (examples.length > 0) return filled(step);
          return feature.complete ? [usedStep(feature, step)] : [];
        });
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
