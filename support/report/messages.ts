import type { CoordinatorEventValues } from '@cucumber/cucumber/api';
import { STEP_STATUSES, type StepError, type StepStatus } from '../model/results.js';

export type Envelope = CoordinatorEventValues['message'];
export type Pickle = NonNullable<Envelope['pickle']>;
export type GherkinDocument = NonNullable<Envelope['gherkinDocument']>;
export type TestCase = NonNullable<Envelope['testCase']>;
export type TestCaseStarted = NonNullable<Envelope['testCaseStarted']>;
export type TestStepResult = NonNullable<Envelope['testStepFinished']>['testStepResult'];
export type Attachment = NonNullable<Envelope['attachment']>;

/** Every declared step runs through here, which is of no use to whoever looks for a mistake in a step. */
const DECLARATION_FRAME = /support\/language\/step\.[jt]s/;

/** Worst first: a scenario is as bad as its worst step. Cucumber's own order. */
export function worstOf(statuses: readonly StepStatus[]): StepStatus {
  let worst = STEP_STATUSES.length - 1;
  for (const status of statuses) worst = Math.min(worst, STEP_STATUSES.indexOf(status));
  return STEP_STATUSES[worst] ?? 'passed';
}

const STATUS_OF_WORD: ReadonlyMap<string, StepStatus> = new Map(
  STEP_STATUSES.map((status) => [status.toUpperCase(), status]),
);

export function statusOf(result: TestStepResult): StepStatus {
  // UNKNOWN is cucumber's word for "no step at all".
  return STATUS_OF_WORD.get(result.status) ?? 'passed';
}

/** Whether a status is that of something that went wrong. */
export function isFailure(status: StepStatus): boolean {
  return status !== 'passed' && status !== 'skipped';
}

export function errorOf(result: TestStepResult): Pick<StepError, 'type' | 'message' | 'stack'> {
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

export function milliseconds({ seconds, nanos }: TestCaseStarted['timestamp']): number {
  return seconds * 1000 + nanos / 1e6;
}
