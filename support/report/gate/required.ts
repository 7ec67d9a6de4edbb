import type { GateOutcome, GateRequirement } from '../../model/gate.js';
import { nearest } from '../../model/nearest.js';
import { readTagExpression } from '../../model/tag-expression.js';
import { hasPassed, type ScenarioSummary } from '../results/scenario-summary.js';
import { counted, reasonOf } from './outcome.js';

/** Scenarios that must have run and passed. One that passed at a later try has passed: `at-most` limits those. */
export function judgeRequirement(requirement: GateRequirement, scenarios: readonly ScenarioSummary[]): GateOutcome {
  return requirement.kind === 'tags' ? judgeTags(requirement, scenarios) : judgeScenario(requirement, scenarios);
}

function judgeTags(
  { expression, atLeast, line }: Extract<GateRequirement, { readonly kind: 'tags' }>,
  scenarios: readonly ScenarioSummary[],
): GateOutcome {
  const read = readTagExpression(expression);
  const selected = 'tags' in read ? scenarios.filter(({ tags }) => read.tags.evaluate(tags)) : [];
  const short = selected.filter((scenario) => !hasPassed(scenario));
  const tooFew = selected.length < atLeast;
  const found = [
    `${counted(selected.length, 'scenario')} of them`,
    ...(selected.length === 0 ? [] : [`${selected.length - short.length} passed`]),
  ];
  return {
    kind: 'tags',
    rule: `scenarios tagged ${expression} pass, at least ${atLeast}`,
    line,
    ok: !tooFew && short.length === 0,
    found: found.join(', '),
    because: [
      ...(tooFew ? [{ text: `the tags select ${selected.length}, and at least ${atLeast} are required` }] : []),
      ...short.map((scenario) => reasonOf(scenario)),
    ],
  };
}

function judgeScenario(
  { name, file, line }: Extract<GateRequirement, { readonly kind: 'scenario' }>,
  scenarios: readonly ScenarioSummary[],
): GateOutcome {
  const there = scenarios.filter(({ uri }) => file === undefined || uri === file || uri.endsWith(`/${file}`));
  const selected = there.filter((scenario) => scenario.name === name || scenario.outline === name);
  const short = selected.filter((scenario) => !hasPassed(scenario));
  return {
    kind: 'scenario',
    rule: `scenario "${name}"${file === undefined ? '' : ` of ${file}`} passes`,
    line,
    ok: selected.length > 0 && short.length === 0,
    found:
      selected.length === 0
        ? 'it was not among those that ran'
        : `${selected.length - short.length} of ${selected.length} passed`,
    because: selected.length === 0 ? [missing(name, file, there)] : short.map((scenario) => reasonOf(scenario)),
  };
}

function missing(name: string, file: string | undefined, there: readonly ScenarioSummary[]): { readonly text: string } {
  if (file !== undefined && there.length === 0) return { text: `no scenario of ${file} is among the results` };
  const near = nearest(name, new Set(there.flatMap((scenario) => [scenario.name, scenario.outline ?? scenario.name])));
  return { text: `no scenario has this name${near === undefined ? '' : `; did you mean "${near}"?`}` };
}
