import type { IFilterablePickle } from '@cucumber/cucumber/api';
import type { Diagnostic, SourcePlace } from './diagnostic.js';
import { nearestExpression } from './nearest-step.js';
import type { GherkinDocument, Plan } from './plan.js';
import { placeIn } from './source-text.js';
import { declaredStepOf } from './step.js';

/** What is read of a step definition; cucumber-js has it, but does not name it among its public types. */
export interface StepDefinition {
  readonly pattern: string | RegExp;
  readonly keyword: string;
  readonly uri: string;
  readonly line: number;
  // biome-ignore lint/complexity/noBannedTypes: as cucumber-js types it.
  readonly unwrappedCode: Function;
  matchesStepName(text: string): boolean;
}

type Feature = NonNullable<GherkinDocument['feature']>;
type AstStep = NonNullable<Feature['children'][number]['scenario']>['steps'][number];
type PickleStep = IFilterablePickle['pickle']['steps'][number];

/** Finds every step of the selected scenarios that matches no definition, several, or one that its attachment does not fit. */
export function checkSteps(plan: Plan, definitions: readonly StepDefinition[]): Diagnostic[] {
  const matching = memoise((text: string) => definitions.filter((definition) => definition.matchesStepName(text)));
  const astSteps = memoise(astStepsOf);
  const mistakes = new Map<string, Mistake>();

  for (const { pickle, gherkinDocument } of plan.selected) {
    for (const step of pickle.steps) {
      const found = matching(step.text);
      const problem = problemOf(step, found);
      if (problem === undefined) continue;
      const astStep = astSteps(gherkinDocument).get(step.astNodeIds[0] ?? '');
      const place = placeOf(plan, pickle.uri, astStep);
      // The same text is one mistake wherever it stands; rows of one outline are one mistake too.
      const known = mistakes.get(step.text) ?? find(mistakes, place);
      if (known === undefined) mistakes.set(step.text, { step, found, problem, places: [place] });
      else if (!known.places.some((other) => samePlace(other, place))) known.places.push(place);
    }
  }
  return [...mistakes.values()].map((mistake) => diagnosticOf(mistake, definitions));
}

interface Mistake {
  readonly step: PickleStep;
  readonly found: readonly StepDefinition[];
  readonly problem: 'undefined' | 'ambiguous' | 'table' | 'text' | 'unwanted';
  readonly places: SourcePlace[];
}

function problemOf(step: PickleStep, found: readonly StepDefinition[]): Mistake['problem'] | undefined {
  const [definition, another] = found;
  if (definition === undefined) return 'undefined';
  if (another !== undefined) return 'ambiguous';
  const declared = declaredStepOf(definition.unwrappedCode);
  if (declared === undefined) return undefined;
  const given = step.argument?.dataTable !== undefined ? 'table' : step.argument?.docString ? 'text' : undefined;
  const { attachment } = declared;
  if (attachment === undefined) return given === undefined ? undefined : 'unwanted';
  if (given === undefined) return attachment.required === false ? undefined : attachment.kind;
  return given === attachment.kind ? undefined : attachment.kind;
}

function diagnosticOf({ step, found, problem, places }: Mistake, definitions: readonly StepDefinition[]): Diagnostic {
  const [at, ...others] = places;
  const also = others.map(({ file, line }) => `also at ${file}:${line}`);
  const common = at === undefined ? {} : { at };
  switch (problem) {
    case 'undefined':
      return {
        ...common,
        message: `no step matches "${step.text}"`,
        notes: also,
        help: suggestions(step.text, definitions),
      };
    case 'ambiguous':
      return {
        ...common,
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
        message: `the step "${step.text}" needs ${wanted} below it`,
        notes: also,
        help: declared?.attachment === undefined ? [] : [declared.attachment.description],
      };
    }
  }
}

function suggestions(text: string, definitions: readonly StepDefinition[]): string[] {
  const catalogue = '`mirrorspec steps` lists all steps';
  const byPattern = new Map<string, StepDefinition>();
  for (const definition of definitions) {
    if (typeof definition.pattern === 'string') byPattern.set(definition.pattern, definition);
  }
  const definition = byPattern.get(nearestExpression(text, byPattern.keys()) ?? '');
  if (definition === undefined) return [catalogue];
  return [`the nearest step is: ${definition.keyword} ${definition.pattern}`, catalogue];
}

function patternOf({ pattern }: StepDefinition): string {
  return typeof pattern === 'string' ? `"${pattern}"` : String(pattern);
}

function whereIs({ uri, line }: StepDefinition): string {
  return `${uri}:${line}`;
}

function placeOf(plan: Plan, uri: string, step: AstStep | undefined): SourcePlace {
  if (step === undefined) return { file: uri, line: 1 };
  const column = (step.location.column ?? 1) + step.keyword.length;
  return placeIn(plan.sources.get(uri), uri, step.location.line, column, step.text.length);
}

function samePlace(a: SourcePlace, b: SourcePlace): boolean {
  return a.file === b.file && a.line === b.line;
}

function find(mistakes: ReadonlyMap<string, Mistake>, place: SourcePlace): Mistake | undefined {
  return [...mistakes.values()].find(({ places }) => places.some((other) => samePlace(other, place)));
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
