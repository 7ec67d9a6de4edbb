import { type LimitationObservation, OBSERVATION_MEDIA_TYPE } from '../model/limitation-observation.js';
import { NOT_APPLICABLE_MEDIA_TYPE } from '../model/not-applicable.js';
import type { StepError, StepStatus } from '../model/results.js';
import {
  type Envelope,
  isFailure,
  milliseconds,
  statusOf,
  type TestCaseStarted,
  type TestStepResult,
  worstOf,
} from './messages.js';
import { addOnce, PlanIndex } from './plan-index.js';

export type { Envelope };

/** `known`: it fell short exactly as a known limitation says. For cucumber-js it was skipped. */
export type ScenarioStatus = StepStatus | 'known';

/** A step or hook that did not pass. */
export type StepFailure = StepError;

/** One attempt at one scenario. */
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
  /** Why it was skipped: what it asks for cannot be had in this environment. */
  readonly notApplicable?: string;
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
  readonly #plan: PlanIndex;
  readonly #running = new Map<string, RunningAttempt>();
  readonly #finished = new Map<string, ScenarioResult>();
  readonly #runFailures: StepFailure[] = [];

  /** `plan` may be shared with others that follow the same run. */
  constructor(plan = new PlanIndex()) {
    this.#plan = plan;
  }

  /** Takes a message; returns the attempt that it ended, if it did. */
  record(envelope: Envelope): ScenarioResult | undefined {
    const { testStepFinished } = envelope;
    if (testStepFinished !== undefined) {
      const { testCaseStartedId, testStepId, testStepResult: result } = testStepFinished;
      this.#running.get(testCaseStartedId)?.results.push({ testStepId, result });
      return undefined;
    }
    if (envelope.testStepStarted !== undefined) return undefined;
    const { testCaseStarted, attachment, testCaseFinished } = envelope;
    this.#plan.record(envelope);
    if (testCaseStarted !== undefined) {
      this.#running.set(testCaseStarted.id, { start: testCaseStarted, results: [], limitations: [] });
    }
    if (attachment?.mediaType === OBSERVATION_MEDIA_TYPE) {
      const attempt = this.#running.get(attachment.testCaseStartedId ?? '');
      if (attempt !== undefined) attempt.limitations = JSON.parse(attachment.body);
    }
    if (attachment?.mediaType === NOT_APPLICABLE_MEDIA_TYPE) {
      const attempt = this.#running.get(attachment.testCaseStartedId ?? '');
      if (attempt !== undefined) attempt.notApplicable = attachment.body;
    }
    const failure = this.#plan.runFailureOf(envelope);
    if (failure !== undefined) addOnce(this.#runFailures, failure);
    return testCaseFinished === undefined ? undefined : this.#finish(testCaseFinished);
  }

  /** How many scenarios the run will execute; known before the first one starts. */
  get total(): number {
    return this.#plan.testCases.size;
  }

  get running(): readonly RunningScenario[] {
    return [...this.#running.values()].map(({ start }) => ({
      ...this.#plan.identify(start.testCaseId),
      startedAt: milliseconds(start.timestamp),
    }));
  }

  /** The last attempt at every scenario that has ended. */
  get results(): readonly ScenarioResult[] {
    return [...this.#finished.values()];
  }

  /** Scenarios that were to run but have not ended. */
  get unfinished(): readonly { readonly name: string; readonly location: string }[] {
    return [...this.#plan.testCases.keys()]
      .filter((id) => !this.#finished.has(id))
      .map((id) => this.#plan.identify(id));
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
    const { start, results, limitations, notApplicable } = running;
    const worst = worstOf(results.map(({ result }) => statusOf(result)));
    const scenario: ScenarioResult = {
      ...this.#plan.identify(start.testCaseId),
      status: statusWith(worst, limitations),
      attempt: start.attempt + 1,
      willBeRetried: finished.willBeRetried,
      durationMs: milliseconds(finished.timestamp) - milliseconds(start.timestamp),
      failures: results
        .filter(({ result }) => isFailure(statusOf(result)))
        .map(({ testStepId, result }) => this.#plan.failureOf(start.testCaseId, testStepId, result)),
      limitations,
      ...(notApplicable === undefined ? {} : { notApplicable }),
    };
    if (!finished.willBeRetried) this.#finished.set(start.testCaseId, scenario);
    return scenario;
  }
}

/** What is skipped because of a known limitation is known. */
export function statusWith(worst: StepStatus, limitations: readonly LimitationObservation[]): ScenarioStatus {
  return worst === 'skipped' && limitations.some(({ outcome }) => outcome === 'known') ? 'known' : worst;
}

interface RunningAttempt {
  readonly start: TestCaseStarted;
  readonly results: { readonly testStepId: string; readonly result: TestStepResult }[];
  limitations: readonly LimitationObservation[];
  notApplicable?: string;
}
