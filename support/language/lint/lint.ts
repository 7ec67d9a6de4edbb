import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import type { StepDefinition, StepMatcher } from '../match-steps.js';
import { declaredParameterTypes } from '../parameter-type.js';
import { checkExamples } from './examples.js';
import { checkLimitationTags, type DeclaredLimitation, unusedLimitations } from './limitations.js';
import type { LintedFeature } from './linted.js';
import { duplicateFeatures, duplicateScenarios } from './names.js';
import { checkFeatureSteps } from './steps.js';
import { checkStructure } from './structure.js';
import { valueCheck } from './values.js';

/** What features are checked against. */
export interface LintContext {
  /** Undefined: they cannot be loaded, which is reported elsewhere. */
  readonly steps: { readonly definitions: readonly StepDefinition[]; readonly matching: StepMatcher } | undefined;
  /** Undefined: they cannot be read, which is reported elsewhere. */
  readonly limitations: readonly DeclaredLimitation[] | undefined;
  /** Whether these are all features of the project: what none of them has, the project has not. */
  readonly wholeProject: boolean;
}

/** Everything that is wrong with features that could be read, in the order of files and lines. */
export function lintFeatures(features: readonly LintedFeature[], context: LintContext): Diagnostic[] {
  const { steps, limitations, wholeProject } = context;
  const mistakes = features.flatMap((feature) => [
    ...(feature.complete ? [...checkStructure(feature, steps?.matching), ...checkExamples(feature)] : []),
    ...duplicateScenarios(feature),
    ...(limitations === undefined ? [] : checkLimitationTags(feature, limitations)),
  ]);
  const unused = wholeProject && limitations !== undefined ? unusedLimitations(features, limitations) : [];
  const checkValues = steps === undefined ? undefined : valueCheck(steps.matching, declaredParameterTypes());
  const used = byFile(features).flatMap((ofFile) =>
    checkValues === undefined || steps === undefined
      ? []
      : checkFeatureSteps(ofFile, steps.definitions, steps.matching, checkValues),
  );
  return sortDiagnostics([...mistakes, ...duplicateFeatures(features), ...unused, ...used]);
}

function byFile(features: readonly LintedFeature[]): readonly (readonly LintedFeature[])[] {
  const files = new Map<string, LintedFeature[]>();
  for (const feature of features) {
    const known = files.get(feature.file);
    if (known === undefined) files.set(feature.file, [feature]);
    else known.push(feature);
  }
  return [...files.values()];
}
