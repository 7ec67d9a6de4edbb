import { normalize } from 'node:path';
import type { CoordinatorEventValues } from '@cucumber/cucumber/api';
import { type LimitationObservation, OBSERVATION_MEDIA_TYPE } from '../model/limitation-observation.js';

export type Envelope = CoordinatorEventValues['message'];
type Pickle = NonNullable<Envelope['pickle']>;
type TestCase = NonNullable<Envelope['testCase']>;
type TestCaseStarted = NonNullable<Envelope['testCaseStarted']>;
type TestStepResult = NonNullable<Envelope['testStepFinished']>['testStepResult'];
type Timestamp = TestCaseStarted['timestamp'];

/** Every declared step runs through here, which is of no use to whoever looks for a mistake in a step. */
const DECLARATION_FRAME = /support\/language\/step\.[jt]s/;

/** Worst first: a scenario is as bad as its worst step. Cucumber's own order. */
const STATUSES = ['failed', 'ambiguous', 'undefined', 'pending', 'skipped', 'passed'] as const;
type StepStatus = (typeof STATUSES)[number];
/** `known`: it fell short exactly as a known limitation says. For cucumber-js it was skipped. */
export type ScenarioStatus = StepStatus | 'known';

/** A step or hook that did not pass. */
export interface StepFailure {
  /** The step with its keyword as far as known, or the hook's name. */
  readonly step: string;
  /** `file:line` in the feature; absent for hooks. */
  readonly location?: string;
  /** `file:line` of the step's or hook's code. */
  readonly code?: string;
  /** Name of the error's class, for example `ExpectationError`. */
  readonly type: string;
  readonly message: string;
  /** Where it was thrown, outermost call last; empty where unknown. */
  readonly stack: readonly string[];
}

/** One attempt at a scenario. */
export interface ScenarioResult {
  readonly name: string;
  /** `file:line`; for an outline the line of the example. */
  readonly location: string;
  readonly status: ScenarioStatus;
  /** From 1. */
  readonly attempt: number;
  readonly willBeRetried: boolean;
  readonly durationMs: number;
  readonly failures: readonly StepFailure[];
  /** Of each known limitation that it is tagged with. */
  readonly limitations: readonly LimitationObservation[];
}

export interface RunningScenario {
  readonly name: string;
  readonly location: string;
  readonly startedAt: number;
}

/** Follows a run by cucumber's messages: what runs, what has ended and how. */
export class Tally {
  readonly #pickles = new Map<string, Pickle>();
  readonly #lines = new Map<string, { readonly line: number; readonly keyword: string }>();
  readonly #code = new Map<string, { readonly name?: string; readonly place: string }>();
  readonly #testCases = new Map<string, TestCase>();
  readonly #running = new Map<string, RunningAttempt>();
  readonly #finished = new Map<string, ScenarioResult>();
  readonly #runHooks = new Map<string, string>();
  readonly #runFailures: StepFailure[] = [];

  /** Takes a message; returns the attempt that it ended, if it did. */
  record(envelope: Envelope): ScenarioResult | undefined {
    const { pickle, gherkinDocument, testCase, testCaseStarted, attachment, testStepFinished, testCaseFinished } =
      envelope;
    if (gherkinDocument !== undefined) this.#recordLines(gherkinDocument);
    if (pickle !== undefined) this.#pickles.set(pickle.id, pickle);
    if (testCase !== undefined) this.#testCases.set(testCase.id, testCase);
    if (testCaseStarted !== undefined) {
      this.#running.set(testCaseStarted.id, { start: testCaseStarted, results: [], limitations: [] });
    }
    if (attachment?.mediaType === OBSERVATION_MEDIA_TYPE) {
      const attempt = this.#running.get(attachment.testCaseStartedId ?? '');
      if (attempt !== undefined) attempt.limitations = JSON.parse(attachment.body);
    }
    if (testStepFinished !== undefined) {
      const { testCaseStartedId, testStepId, testStepResult: result } = testStepFinished;
      this.#running.get(testCaseStartedId)?.results.push({ testStepId, result });
    }
    this.#recordCode(envelope);
    this.#recordRunHooks(envelope);
    return testCaseFinished === undefined ? undefined : this.#finish(testCaseFinished);
  }

  /** How many scenarios the run will execute; known before the first one starts. */
  get total(): number {
    return this.#testCases.size;
  }

  get running(): readonly RunningScenario[] {
    return [...this.#running.values()].map(({ start }) => ({
      ...this.#identify(start.testCaseId),
      startedAt: milliseconds(start.timestamp),
    }));
  }

  /** The last attempt at every scenario that has ended. */
  get results(): readonly ScenarioResult[] {
    return [...this.#finished.values()];
  }

  /** Scenarios that were to run but have not ended. */
  get unfinished(): readonly { readonly name: string; readonly location: string }[] {
    return [...this.#testCases.keys()].filter((id) => !this.#finished.has(id)).map((id) => this.#identify(id));
  }

  /** Failures of hooks that belong to the run and to no scenario. */
  get runFailures(): readonly StepFailure[] {
    return this.#runFailures;
  }

  count(status: ScenarioStatus): number {
    return this.results.filter((result) => result.status === status).length;
  }

  #finish(finished: NonNullable<Envelope['testCaseFinished']>): ScenarioResult | undefined {
    const running = this.#running.get(finished.testCaseStartedId);
    if (running === undefined) return undefined;
    this.#running.delete(finished.testCaseStartedId);
    const { start, results, limitations } = running;
    const statuses = results.map(({ result }) => statusOf(result));
    const worst = STATUSES.find((status) => statuses.includes(status)) ?? 'passed';
    const isKnown = worst === 'skipped' && limitations.some(({ outcome }) => outcome === 'known');
    const scenario: ScenarioResult = {
      ...this.#identify(start.testCaseId),
      status: isKnown ? 'known' : worst,
      attempt: start.attempt + 1,
      willBeRetried: finished.willBeRetried,
      durationMs: milliseconds(finished.timestamp) - milliseconds(start.timestamp),
      failures: results
        .filter(({ result }) => !['passed', 'skipped'].includes(statusOf(result)))
        .map((step) => this.#failureOf(start.testCaseId, step)),
      limitations,
    };
    if (!finished.willBeRetried) this.#finished.set(start.testCaseId, scenario);
    return scenario;
  }

  #identify(testCaseId: string): { readonly name: string; readonly location: string } {
    const pickle = this.#pickles.get(this.#testCases.get(testCaseId)?.pickleId ?? '');
    if (pickle === undefined) return { name: 'unknown', location: 'unknown' };
    const line = pickle.location?.line ?? this.#lines.get(pickle.astNodeIds.at(-1) ?? '')?.line ?? 1;
    return { name: pickle.name, location: `${normalize(pickle.uri)}:${line}` };
  }

  #failureOf(testCaseId: string, { testStepId, result }: StepResult): StepFailure {
    const testCase = this.#testCases.get(testCaseId);
    const testStep = testCase?.testSteps.find(({ id }) => id === testStepId);
    const pickle = this.#pickles.get(testCase?.pickleId ?? '');
    const step = pickle?.steps.find(({ id }) => id === testStep?.pickleStepId);
    const code = this.#code.get(testStep?.hookId ?? testStep?.stepDefinitionIds?.[0] ?? '');
    const ast = this.#lines.get(step?.astNodeIds[0] ?? '');
    return {
      step: step === undefined ? (code?.name ?? 'a hook') : `${ast?.keyword ?? ''}${step.text}`,
      ...(ast === undefined || pickle === undefined ? {} : { location: `${normalize(pickle.uri)}:${ast.line}` }),
      ...(code === undefined ? {} : { code: code.place }),
      ...errorOf(result),
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

  #recordRunHooks({ testRunHookStarted, testRunHookFinished }: Envelope): void {
    if (testRunHookStarted !== undefined) this.#runHooks.set(testRunHookStarted.id, testRunHookStarted.hookId);
    if (testRunHookFinished === undefined || statusOf(testRunHookFinished.result) !== 'failed') return;
    const code = this.#code.get(this.#runHooks.get(testRunHookFinished.testRunHookStartedId) ?? '');
    const failure = {
      step: code?.name ?? 'a hook of the run',
      ...(code === undefined ? {} : { code: code.place }),
      ...errorOf(testRunHookFinished.result),
    };
    // Every worker runs the hook, and says the same.
    const same = ({ code, message }: StepFailure) => code === failure.code && message === failure.message;
    if (!this.#runFailures.some(same)) this.#runFailures.push(failure);
  }
}

interface RunningAttempt {
  readonly start: TestCaseStarted;
  readonly results: StepResult[];
  limitations: readonly LimitationObservation[];
}

interface StepResult {
  readonly testStepId: string;
  readonly result: TestStepResult;
}

function statusOf(result: TestStepResult): StepStatus {
  const status = result.status.toLowerCase();
  // UNKNOWN is cucumber's word for "no step at all".
  return STATUSES.find((known) => known === status) ?? 'passed';
}

function errorOf(result: TestStepResult): Pick<StepFailure, 'type' | 'message' | 'stack'> {
  const { exception } = result;
  const message = exception?.message ?? result.message ?? statusOf(result);
  // cucumber-js 13 puts the error's causes below it, with places of their own.
  const stack = (exception?.stackTrace ?? '')
    .replace(/^Caused by: .*/ms, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at ') && !DECLARATION_FRAME.test(line));
  return { type: exception?.type ?? 'Error', message, stack };
}

function milliseconds({ seconds, nanos }: Timestamp): number {
  return seconds * 1000 + nanos / 1e6;
}
