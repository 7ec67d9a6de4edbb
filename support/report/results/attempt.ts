import { type LimitationObservation, OBSERVATION_MEDIA_TYPE } from '../../model/limitation-observation.js';
import type { Attempt, StepError, StepResult } from '../../model/results.js';
import { RECORD_MEDIA_TYPE, type ScenarioRecord } from '../../model/scenario-record.js';
import {
  type Attachment,
  type Envelope,
  errorOf,
  isFailure,
  milliseconds,
  statusOf,
  type TestCaseStarted,
  worstOf,
} from '../messages.js';
import type { PlanIndex } from '../plan-index.js';
import { statusWith } from '../tally.js';

type TestStepFinished = NonNullable<Envelope['testStepFinished']>;

/** Messages of errors, logs and arguments are cut at so many characters: what is longer is in the evidence. */
const MESSAGE = 16_000;
const LOG = 4_000;
const LOGS = 5;
const ARGUMENT = 8_000;
const STACK = 20;
/** A hook that did nothing worth telling is left out. Milliseconds. */
const HOOK_MS = 20;
const LOG_MEDIA_TYPE = 'text/x.cucumber.log+plain';

/** One attempt at a scenario while it runs. */
export class RunningAttempt {
  readonly start: TestCaseStarted;
  readonly #plan: PlanIndex;
  readonly #steps: StepResult[] = [];
  readonly #errors: StepError[] = [];
  readonly #statuses: ReturnType<typeof statusOf>[] = [];
  readonly #logs = new Map<string, string[]>();
  limitations: readonly LimitationObservation[] = [];
  record: ScenarioRecord | undefined;

  constructor(start: TestCaseStarted, plan: PlanIndex) {
    this.start = start;
    this.#plan = plan;
  }

  get steps(): readonly StepResult[] {
    return this.#steps;
  }

  attach({ mediaType, body, testStepId = '' }: Attachment): void {
    if (mediaType === OBSERVATION_MEDIA_TYPE) this.limitations = JSON.parse(body);
    if (mediaType === RECORD_MEDIA_TYPE) this.record = JSON.parse(body);
    if (mediaType === LOG_MEDIA_TYPE) {
      const logs = this.#logs.get(testStepId) ?? [];
      if (logs.length < LOGS) logs.push(cut(body, LOG));
      this.#logs.set(testStepId, logs);
    }
  }

  finishStep({ testStepId, testStepResult }: TestStepFinished): void {
    const status = statusOf(testStepResult);
    const durationMs = Math.round(milliseconds(testStepResult.duration) * 10) / 10;
    const { keyword, text, line, argument, code } = this.#plan.stepOf(this.start.testCaseId, testStepId);
    this.#statuses.push(status);
    if (isFailure(status)) {
      const failure = this.#plan.failureOf(this.start.testCaseId, testStepId, testStepResult);
      this.#errors.push({ ...failure, message: cut(failure.message, MESSAGE), stack: failure.stack.slice(0, STACK) });
    }
    const log = this.#logs.get(testStepId);
    if (keyword === undefined && !isFailure(status) && durationMs < HOOK_MS && log === undefined) return;
    const table = argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => cut(value, ARGUMENT)));
    this.#steps.push({
      ...(keyword === undefined ? {} : { keyword }),
      text: cut(text, ARGUMENT),
      ...(line === undefined ? {} : { line }),
      ...(argument?.docString === undefined ? {} : { docString: cut(argument.docString.content, ARGUMENT) }),
      ...(table === undefined ? {} : { table }),
      status,
      durationMs,
      ...(isFailure(status) ? { error: shownError(testStepResult, code) } : {}),
      ...(status === 'skipped' && testStepResult.message !== undefined ? { reason: testStepResult.message } : {}),
      ...(log === undefined ? {} : { log }),
    });
  }

  finish(timestamp: TestCaseStarted['timestamp']): Attempt {
    const began = milliseconds(this.start.timestamp);
    return {
      number: this.start.attempt + 1,
      status: statusWith(worstOf(this.#statuses), this.limitations),
      startedAt: new Date(began).toISOString(),
      durationMs: Math.round(milliseconds(timestamp) - began),
      errors: this.#errors,
      ...(this.record?.evidence === undefined ? {} : { evidence: this.record.evidence.folder }),
    };
  }
}

function shownError(
  result: TestStepFinished['testStepResult'],
  code: string | undefined,
): NonNullable<StepResult['error']> {
  const { type, message, stack } = errorOf(result);
  return {
    type,
    message: cut(message, MESSAGE),
    stack: stack.slice(0, STACK),
    ...(code === undefined ? {} : { code }),
  };
}

/** At most so many characters, and a word on what is missing. */
function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, characters)}… cut at ${characters} of ${text.length} characters`;
}
