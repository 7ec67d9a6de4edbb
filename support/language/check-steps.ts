import type { IFilterablePickle } from '@cucumber/cucumber/api';
import type { Diagnostic, SourcePlace } from './diagnostic.js';
import { type StepDefinition, type StepMatcher, stepMatcher } from './match-steps.js';
import { nearestExpression } from './nearest-step.js';
import type { GherkinDocument, Plan } from './plan.js';
import { placeIn } from './source-text.js';
import { declaredStepOf, type StepKeyword } from './step.js';
import { stepSnippet } from './step-snippet.js';
import { fileOfUri } from './yaml/feature-path.js';

type Feature = NonNullable<GherkinDocument['feature']>;
type AstStep = NonNullable<Feature['children'][number]['scenario']>['steps'][number];
type PickleStep = IFilterablePickle['pickle']['steps'][number];

/** A step as it is used in a scenario, after its placeholders have been replaced. */
export interface UsedStep {
  readonly text: string;
  /** What stands below it. */
  readonly argument?: 'table' | 'text';
  /** What kind of step it is, where its keyword says so. */
  readonly keyword?: StepKeyword;
  /** Asked for only where something is wrong. */
  place(): SourcePlace;
}

/** Finds every step of the selected scenarios that matches no definition, several, or one that its attachment does not fit. */
export function checkSteps(plan: Plan, definitions: readonly StepDefinition[]): Diagnostic[] {
  return checkUsedSteps(stepsOf(plan), definitions, stepMatcher(definitions));
}

/** The same for steps from anywhere. */
export function checkUsedSteps(
  steps: Iterable<UsedStep>,
  definitions: readonly StepDefinition[],
  matching: StepMatcher,
): Diagnostic[] {
  const mistakes = new Map<string, Mistake>();
  for (const step of steps) {
    const found = matching(step.text);
    const problem = problemOf(step, found);
    if (problem === undefined) continue;
    const place = step.place();
    // The same text is one mistake wherever it stands; rows of one outline are one mistake too.
    const known = mistakes.get(`${problem} ${step.text}`) ?? find(mistakes, problem, place);
    if (known === undefined) mistakes.set(`${problem} ${step.text}`, { step, found, problem, places: [place] });
    else if (!known.places.some((other) => samePlace(other, place))) known.places.push(place);
  }
  return [...mistakes.values()].map((mistake) => diagnosticOf(mistake, definitions));
}

interface Mistake {
  readonly step: UsedStep;
  readonly found: readonly StepDefinition[];
  readonly problem: Problem;
  readonly places: SourcePlace[];
}

type Problem = 'undefined' | 'ambiguous' | 'table' | 'text' | 'unwanted';

function problemOf({ argument }: UsedStep, found: readonly StepDefinition[]): Problem | undefined {
  const [definition, another] = found;
  if (definition === undefined) return 'undefined';
  if (another !== undefined) return 'ambiguous';
  const declared = declaredStepOf(definition.unwrappedCode);
  if (declared === undefined) return undefined;
  const { attachment } = declared;
  if (attachment === undefined) return argument === undefined ? undefined : 'unwanted';
  if (argument === undefined) return attachment.required === false ? undefined : attachment.kind;
  return argument === attachment.kind ? undefined : attachment.kind;
}

function diagnosticOf({ step, found, problem, places }: Mistake, definitions: readonly StepDefinition[]): Diagnostic {
  const [at, ...others] = places;
  const also = others.map(({ file, line }) => `also at ${file}:${line}`);
  const common = at === undefined ? {} : { at };
  switch (problem) {
    case 'undefined':
      return {
        ...common,
        rule: 'undefined-step',
        message: `no step matches "${step.text}"`,
        notes: also,
        help: suggestions(step, definitions),
      };
    case 'ambiguous':
      return {
        ...common,
        rule: 'ambiguous-step',
        message: `${found.length} steps match "${step.text}"`,
        notes: [
          ...found.map((definition) => `${patternOf(definition)} is declared at ${whereIs(definition)}`),
          ...also,
        ],
        help: ['reword one of the steps so that only one matches'],
      };
    case 'unwanted':
      return {
        ...common,
        rule: 'unwanted-attachment',
        message: `the step "${step.text}" takes neither a table nor a doc string`,
        notes: also,
        help: ['remove what stands below the step'],
      };
    case 'table':
    case 'text': {
      const wanted = problem === 'table' ? 'a data table' : 'a doc string';
      const [definition] = found;
      const declared = definition === undefined ? undefined : declaredStepOf(definition.unwrappedCode);
      return {
        ...common,
        rule: 'missing-attachment',
        message: `the step "${step.text}" needs ${wanted} below it`,
        notes: also,
        help: declared?.attachment === undefined ? [] : [declared.attachment.description],
      };
    }
  }
}

function suggestions({ text, keyword = 'Given' }: UsedStep, definitions: readonly StepDefinition[]): string[] {
  const catalogue = '`mirrorspec steps` lists all steps';
  const byPattern = new Map<string, StepDefinition>();
  for (const definition of definitions) {
    if (typeof definition.pattern === 'string') byPattern.set(definition.pattern, definition);
  }
  const definition = byPattern.get(nearestExpression(text, byPattern.keys()) ?? '');
  // Where nothing is near, the step is most likely yet to be made.
  if (definition === undefined) {
    return [`declare it, for example in steps/own.js:\n${stepSnippet(text, keyword)}`, catalogue];
  }
  return [`the nearest step is: ${definition.keyword} ${definition.pattern}`, catalogue];
}

function patternOf({ pattern }: StepDefinition): string {
  return typeof pattern === 'string' ? `"${pattern}"` : String(pattern);
}

function whereIs({ uri, line }: StepDefinition): string {
  return `${uri}:${line}`;
}

function* stepsOf(plan: Plan): Generator<UsedStep> {
  const astSteps = memoise(astStepsOf);
  for (const { pickle, gherkinDocument } of plan.selected) {
    for (const step of pickle.steps) {
      const argument = argumentOf(step);
      yield {
        text: step.text,
        ...(argument === undefined ? {} : { argument }),
        ...keywordOf(step),
        place: () => placeOf(plan, pickle.uri, astSteps(gherkinDocument).get(step.astNodeIds[0] ?? '')),
      };
    }
  }
}

/** Cucumber-js finds out for `And` and `But` what they continue. */
function keywordOf({ type }: PickleStep): Pick<UsedStep, 'keyword'> {
  if (type === 'Context') return { keyword: 'Given' };
  if (type === 'Action') return { keyword: 'When' };
  return type === 'Outcome' ? { keyword: 'Then' } : {};
}

function argumentOf({ argument }: PickleStep): UsedStep['argument'] {
  if (argument?.dataTable !== undefined) return 'table';
  return argument?.docString === undefined ? undefined : 'text';
}

function placeOf(plan: Plan, uri: string, step: AstStep | undefined): SourcePlace {
  if (step === undefined) return { file: uri, line: 1 };
  const { line, column = 1 } = step.location;
  const yaml = plan.yamlPlaceOf(step.location);
  // In YAML, the action's key; in Gherkin, what follows the keyword.
  if (yaml !== undefined) return placeIn(plan.sources.get(uri), fileOfUri(uri), line, column, yaml.length);
  return placeIn(plan.sources.get(uri), uri, line, column + step.keyword.length, step.text.length);
}

function samePlace(a: SourcePlace, b: SourcePlace): boolean {
  return a.file === b.file && a.line === b.line;
}

function find(mistakes: ReadonlyMap<string, Mistake>, problem: Problem, place: SourcePlace): Mistake | undefined {
  for (const mistake of mistakes.values()) {
    if (mistake.problem === problem && mistake.places.some((other) => samePlace(other, place))) return mistake;
  }
  return undefined;
}

function astStepsOf({ feature }: GherkinDocument): Map<string, AstStep> {
  const children = (feature?.children ?? []).flatMap((child) => [child, ...(child.rule?.children ?? [])]);
  const steps = children.flatMap((child) => [...(child.background?.steps ?? []), ...(child.scenario?.steps ?? [])]);
  return new Map(steps.map((step) => [step.id, step]));
}

function memoise<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}
