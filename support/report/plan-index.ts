import { normalize } from 'node:path';
import type { StepError } from '../model/results.js';
import { type Envelope, errorOf, type Pickle, statusOf, type TestCase, type TestStepResult } from './messages.js';

type PickleStep = Pickle['steps'][number];

/** A step of a scenario, or a hook. */
export interface PlannedStep {
  /** With its blank. Absent for hooks. */
  readonly keyword?: string;
  /** The step's text, or the hook's name. */
  readonly text: string;
  readonly line?: number;
  readonly argument?: PickleStep['argument'];
  /** `file:line` of the code. */
  readonly code?: string;
}

/** What cucumber's messages say of a run before anything runs: scenarios, their places, and the code of their steps. */
export class PlanIndex {
  readonly #pickles = new Map<string, Pickle>();
  readonly #lines = new Map<string, { readonly line: number; readonly keyword: string }>();
  readonly #code = new Map<string, { readonly name?: string; readonly place: string }>();
  readonly #testCases = new Map<string, TestCase>();
  readonly #runHooks = new Map<string, string>();
  #last: Envelope | undefined;

  /** Several that follow a run may share one index: what it has been told already, it is not told again. */
  record(envelope: Envelope): void {
    // Of steps there are more than of anything else, and they are nothing new.
    if (envelope === this.#last || envelope.testStepStarted !== undefined || envelope.testStepFinished !== undefined) {
      return;
    }
    this.#last = envelope;
    const { pickle, gherkinDocument, testCase, testRunHookStarted } = envelope;
    if (gherkinDocument !== undefined) this.#recordLines(gherkinDocument);
    if (pickle !== undefined) this.#pickles.set(pickle.id, pickle);
    if (testCase !== undefined) this.#testCases.set(testCase.id, testCase);
    if (testRunHookStarted !== undefined) this.#runHooks.set(testRunHookStarted.id, testRunHookStarted.hookId);
    this.#recordCode(envelope);
  }

  /** All scenarios that were read, chosen or not. */
  get pickles(): ReadonlyMap<string, Pickle> {
    return this.#pickles;
  }

  /** Those that the run will execute; known before the first one starts. */
  get testCases(): ReadonlyMap<string, TestCase> {
    return this.#testCases;
  }

  pickleOf(testCaseId: string): Pickle | undefined {
    return this.#pickles.get(this.#testCases.get(testCaseId)?.pickleId ?? '');
  }

  /** Of an outline, the line of the example. */
  lineOf(pickle: Pickle): number {
    return pickle.location?.line ?? this.#lines.get(pickle.astNodeIds.at(-1) ?? '')?.line ?? 1;
  }

  identify(testCaseId: string): { readonly name: string; readonly location: string } {
    const pickle = this.pickleOf(testCaseId);
    if (pickle === undefined) return { name: 'unknown', location: 'unknown' };
    return { name: pickle.name, location: `${normalize(pickle.uri)}:${this.lineOf(pickle)}` };
  }

  stepOf(testCaseId: string, testStepId: string): PlannedStep {
    const testStep = this.#testCases.get(testCaseId)?.testSteps.find(({ id }) => id === testStepId);
    const step = this.pickleOf(testCaseId)?.steps.find(({ id }) => id === testStep?.pickleStepId);
    const code = this.#code.get(testStep?.hookId ?? testStep?.stepDefinitionIds?.[0] ?? '');
    const place = code === undefined ? {} : { code: code.place };
    if (step === undefined) return { text: code?.name ?? 'a hook', ...place };
    const ast = this.#lines.get(step.astNodeIds[0] ?? '');
    return {
      keyword: ast?.keyword ?? '',
      text: step.text,
      ...(ast === undefined ? {} : { line: ast.line }),
      ...(step.argument === undefined ? {} : { argument: step.argument }),
      ...place,
    };
  }

  /** What failed in a step that failed. */
  failureOf(testCaseId: string, testStepId: string, result: TestStepResult): StepError {
    const { keyword = '', text, line, code } = this.stepOf(testCaseId, testStepId);
    const uri = this.pickleOf(testCaseId)?.uri;
    return {
      step: `${keyword}${text}`,
      ...(line === undefined || uri === undefined ? {} : { location: `${normalize(uri)}:${line}` }),
      ...(code === undefined ? {} : { code }),
      ...errorOf(result),
    };
  }

  /** What failed in a hook of the run, if one did. */
  runFailureOf({ testRunHookFinished }: Envelope): StepError | undefined {
    if (testRunHookFinished === undefined || statusOf(testRunHookFinished.result) !== 'failed') return undefined;
    const code = this.#code.get(this.#runHooks.get(testRunHookFinished.testRunHookStartedId) ?? '');
    return {
      step: code?.name ?? 'a hook of the run',
      ...(code === undefined ? {} : { code: code.place }),
      ...errorOf(testRunHookFinished.result),
    };
  }

  #recordLines(document: NonNullable<Envelope['gherkinDocument']>): void {
    const children = (document.feature?.children ?? []).flatMap((child) => [child, ...(child.rule?.children ?? [])]);
    for (const { background, scenario } of children) {
      for (const step of [...(background?.steps ?? []), ...(scenario?.steps ?? [])]) {
        this.#lines.set(step.id, { line: step.location.line, keyword: step.keyword });
      }
      if (scenario === undefined) continue;
      this.#lines.set(scenario.id, { line: scenario.location.line, keyword: '' });
      for (const row of scenario.examples.flatMap(({ tableBody }) => tableBody)) {
        this.#lines.set(row.id, { line: row.location.line, keyword: '' });
      }
    }
  }

  #recordCode({ stepDefinition, hook }: Envelope): void {
    const definition = stepDefinition ?? hook;
    if (definition === undefined) return;
    const { uri, location } = definition.sourceReference;
    const name = hook === undefined ? undefined : (hook.name ?? 'a hook');
    const place = `${uri ?? 'unknown'}:${location?.line ?? 1}`;
    this.#code.set(definition.id, { place, ...(name === undefined ? {} : { name }) });
  }
}

/** Every worker runs the hooks of the run, and says the same. */
export function addOnce(failures: StepError[], failure: StepError): void {
  if (!failures.some(({ code, message }) => code === failure.code && message === failure.message))
    failures.push(failure);
}
