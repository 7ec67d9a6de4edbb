import type { Diagnostic } from '../diagnostic.js';
import type { StepMatcher } from '../match-steps.js';
import { STEP_KEYWORDS, type StepKeyword } from '../step.js';
import type { KeywordStep } from '../yaml/feature.js';
import { type LintedFeature, scopesOf } from './linted.js';

/** Features and rules without a scenario, scenarios without steps, without a When-step or without a Then-step. */
export function checkStructure(feature: LintedFeature, matching: StepMatcher | undefined): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  for (const { what, name, at, scenarios, backgrounds } of scopesOf(feature)) {
    if (scenarios.length === 0 && (what === 'rule' || feature.feature.rules.length === 0)) {
      mistakes.push({
        rule: 'no-scenarios',
        message: `the ${what} "${name}" has no scenarios`,
        at: feature.place(at),
        help: ['add one, or remove it'],
      });
    }
    const before = backgrounds.flatMap(({ steps }) => steps);
    for (const scenario of scenarios) {
      const problem = sectionsProblem(before, scenario.steps, matching);
      if (problem !== undefined) mistakes.push({ ...problem, at: feature.place(scenario.at) });
    }
  }
  return mistakes;
}

function sectionsProblem(
  before: readonly KeywordStep[],
  own: readonly KeywordStep[],
  matching: StepMatcher | undefined,
): Diagnostic | undefined {
  if (own.length === 0) {
    return {
      rule: 'no-steps',
      message: 'the scenario has no steps',
      notes: ['nothing is run for it, not even a background, and nothing fails'],
      help: ['say what is given, what happens and what must hold then'],
    };
  }
  const sections = sectionsOf([...before, ...own], matching);
  if (!sections.has('When')) {
    return {
      rule: 'no-when',
      message: 'the scenario has no When-step: nothing happens in it',
      help: ['add the call or event that the scenario is about; `mirrorspec steps` lists all steps'],
    };
  }
  if (!sections.has('Then')) {
    return {
      rule: 'no-then',
      message: 'the scenario has no Then-step: whatever happens, it passes',
      help: ['add what must hold; `mirrorspec steps` lists all steps'],
    };
  }
  return undefined;
}

/** What the keywords say; for `*` the step that matches says it, and a step that nobody knows may be anything. */
function sectionsOf(steps: readonly KeywordStep[], matching: StepMatcher | undefined): ReadonlySet<StepKeyword> {
  const sections = new Set<StepKeyword>();
  let last: StepKeyword | undefined;
  for (const { keyword, text } of steps) {
    if (keyword === 'And') {
      if (last !== undefined) sections.add(last);
      continue;
    }
    if (keyword !== '*') {
      last = keyword;
      sections.add(keyword);
      continue;
    }
    last = undefined;
    const declared = STEP_KEYWORDS.find((known) => known === matching?.(text)[0]?.keyword);
    for (const section of declared === undefined ? STEP_KEYWORDS : [declared]) sections.add(section);
  }
  return sections;
}
