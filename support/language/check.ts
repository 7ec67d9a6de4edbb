import type { ISupportCodeLibrary } from '@cucumber/cucumber/api';
import { checkSteps } from './check-steps.js';
import { type Diagnostic, sortDiagnostics } from './diagnostic.js';
import type { StepDefinition } from './match-steps.js';
import { parseErrorDiagnostic } from './parse-error.js';
import type { Plan } from './plan.js';

/** What was asked for, to explain an empty selection. */
export interface Selection {
  readonly paths: readonly string[];
  readonly tags: string;
  readonly names: readonly string[];
  /** `i/n`; undefined: all. */
  readonly shard?: string | undefined;
}

/** Step definitions and what is wrong with them, as cucumber-js holds them behind its opaque library type. */
export interface StepLibrary {
  readonly stepDefinitions: readonly StepDefinition[];
  readonly undefinedParameterTypes: readonly { readonly name: string; readonly expression: string }[];
}

export function stepLibraryOf(library: ISupportCodeLibrary): StepLibrary {
  return library as unknown as StepLibrary;
}

/** Everything that is wrong with a plan. Empty: it can run. */
export function checkPlan(plan: Plan, library: StepLibrary, selection: Selection): Diagnostic[] {
  const parseErrors = plan.parseErrors.map((error) => parseErrorDiagnostic(error, plan.sources));
  const types = undeclaredTypes(library);
  const steps = types.length > 0 ? [] : checkSteps(plan, library.stepDefinitions);
  const unread = parseErrors.length + plan.yamlMistakes.length;
  const selected = plan.selected.length === 0 && unread === 0 ? [emptySelection(plan, selection)] : [];
  return sortDiagnostics([...selected, ...types, ...parseErrors, ...plan.yamlMistakes, ...steps]);
}

/** Steps that nobody can check, because a parameter type of theirs is declared nowhere. */
export function undeclaredTypes({ undefinedParameterTypes }: StepLibrary): Diagnostic[] {
  return undefinedParameterTypes.map(({ name, expression }) => ({
    rule: 'undeclared-type',
    message: `the step "${expression}" uses the parameter type {${name}}, which nobody declares`,
    help: ['declare it with declareParameterType, or use {string}, {int}, {float} or {word}'],
  }));
}

function emptySelection(plan: Plan, { paths, tags, names, shard }: Selection): Diagnostic {
  if (plan.found === 0) {
    return {
      message: `no scenario was found in ${paths.join(', ')}`,
      help: ['a scenario lives in a file that ends in .feature, .yaml or .yml'],
    };
  }
  const filters = [
    ...(tags === '' ? [] : [`--tags ${quote(tags)}`]),
    ...names.map((name) => `--name ${quote(name)}`),
    ...(paths.some((path) => /^@|:\d+$/.test(path)) ? paths : []),
    ...(shard === undefined ? [] : [`--shard ${shard}`]),
  ];
  const found = plan.found === 1 ? 'the one scenario' : `none of the ${plan.found} scenarios`;
  const selects = plan.found === 1 ? 'does not select' : 'selects';
  return {
    message: `nothing to run: ${filters.join(' ')} ${selects} ${found} that ${plan.found === 1 ? 'was' : 'were'} found`,
    help: [
      '`mirrorspec run --dry-run` without the filter lists all scenarios',
      ...(shard === undefined ? [] : ['every shard needs a scenario: give fewer shards than there are scenarios']),
    ],
  };
}

function quote(text: string): string {
  return `'${text}'`;
}
