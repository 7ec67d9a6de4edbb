import { join } from 'node:path';
import type { Limitation } from '../../model/limitation.js';
import type { Attempt, FeatureText, ScenarioResult, StepError } from '../../model/results.js';
import type { ScenarioRecord } from '../../model/scenario-record.js';
import type { Envelope, Pickle } from '../messages.js';
import { milliseconds } from '../messages.js';
import { addOnce, PlanIndex } from '../plan-index.js';
import { RunningAttempt } from './attempt.js';
import { projectPath } from './feature-text.js';
import { Identities } from './identities.js';
import { type ReproduceOptions, reproduceCommand } from './reproduce.js';
import { ScenarioLog } from './scenario-log.js';
import { stateOf } from './state.js';

export interface RecorderOptions {
  /** Of the run; every scenario names it. */
  readonly runId: string;
  /** Where scenarios are kept while the run goes on: an existing folder. */
  readonly folder: string;
  readonly reproduce: ReproduceOptions;
  readonly isInterrupted?: () => boolean;
  /** Shared with others that follow the same run. */
  readonly plan?: PlanIndex;
}

/** Follows a run by cucumber's messages and keeps of every scenario what `results.json` says of it, on disk. */
export class ResultsRecorder {
  readonly log: ScenarioLog;
  readonly #options: RecorderOptions;
  readonly #plan: PlanIndex;
  readonly #identities = new Identities();
  readonly #sources = new Map<string, string>();
  readonly #running = new Map<string, RunningAttempt>();
  readonly #earlier = new Map<string, Attempt[]>();
  readonly #ended = new Set<string>();
  readonly #places = new Map<string, number>();
  readonly #limitations = new Map<string, Limitation>();
  readonly #facts = new Map<string, Set<string>>();
  readonly #failures: StepError[] = [];
  #meta: Envelope['meta'];
  #startedAt: number | undefined;
  #finishedAt: number | undefined;
  #success: boolean | undefined;
  #settings: ScenarioRecord['settings'] | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#plan = options.plan ?? new PlanIndex();
    this.log = new ScenarioLog(join(options.folder, `.results-${process.pid}.ndjson`));
  }

  record(envelope: Envelope): void {
    const { testStepFinished } = envelope;
    if (testStepFinished !== undefined) {
      this.#running.get(testStepFinished.testCaseStartedId)?.finishStep(testStepFinished);
      return;
    }
    if (envelope.testStepStarted !== undefined) return;
    const { meta, source, gherkinDocument, pickle, testRunStarted, testRunFinished } = envelope;
    this.#plan.record(envelope);
    if (meta !== undefined) this.#meta = meta;
    if (source !== undefined) this.#sources.set(source.uri, source.data);
    if (gherkinDocument !== undefined) {
      const uri = gherkinDocument.uri ?? '';
      this.#identities.recordDocument(gherkinDocument, this.#sources.get(uri));
      this.#sources.delete(uri);
    }
    if (pickle !== undefined) this.#recordPickle(pickle);
    if (testRunStarted !== undefined) this.#startedAt = milliseconds(testRunStarted.timestamp);
    if (testRunFinished !== undefined) {
      this.#finishedAt = milliseconds(testRunFinished.timestamp);
      this.#success = testRunFinished.success;
    }
    const failure = this.#plan.runFailureOf(envelope);
    if (failure !== undefined) addOnce(this.#failures, failure);
    this.#recordAttempt(envelope);
  }

  /** Declared limitations, be it that no scenario is tagged with them. */
  declare(limitations: Iterable<Limitation>): void {
    for (const limitation of limitations) this.#limitations.set(limitation.id, limitation);
  }

  /** Keeps what was to run and did not end, or was not chosen; nothing more is recorded then. */
  close(): void {
    for (const [testCaseId, { pickleId }] of this.#plan.testCases) {
      if (!this.#ended.has(testCaseId)) this.#keep(pickleId, this.#earlier.get(testCaseId) ?? [], undefined);
    }
  }

  /** False where cucumber-js found nothing to run, or what it read was wrong. */
  get hasStarted(): boolean {
    return this.#startedAt !== undefined;
  }

  get meta(): Envelope['meta'] {
    return this.#meta;
  }

  /** Epoch milliseconds. */
  get startedAt(): number {
    return this.#startedAt ?? Date.now();
  }

  get finishedAt(): number {
    return this.#finishedAt ?? Date.now();
  }

  /** Whether cucumber-js calls the run a success; undefined where it did not come to its end. */
  get success(): boolean | undefined {
    return this.#success;
  }

  get failures(): readonly StepError[] {
    return this.#failures;
  }

  get features(): readonly FeatureText[] {
    const chosen = new Set(
      [...this.#plan.testCases.values()].map(({ pickleId }) => this.#identities.of(pickleId)?.uri),
    );
    return this.#identities.features.filter(({ uri }) => chosen.has(uri));
  }

  get limitations(): readonly Limitation[] {
    return [...this.#limitations.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  }

  /** Of the situations that were built: every value that was seen. */
  get facts(): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries([...this.#facts].map(([fact, values]) => [fact, [...values].sort()]));
  }

  get settings(): ScenarioRecord['settings'] | undefined {
    return this.#settings;
  }

  get notSelected(): number {
    return this.#plan.pickles.size - this.#plan.testCases.size;
  }

  #recordPickle(pickle: Pickle): void {
    this.#identities.recordPickle(pickle);
    const place = this.#placeOf(pickle);
    this.#places.set(place, (this.#places.get(place) ?? 0) + 1);
  }

  #recordAttempt({ testCaseStarted, attachment, testCaseFinished }: Envelope): void {
    if (testCaseStarted !== undefined) {
      this.#running.set(testCaseStarted.id, new RunningAttempt(testCaseStarted, this.#plan));
    }
    if (attachment !== undefined) this.#running.get(attachment.testCaseStartedId ?? '')?.attach(attachment);
    if (testCaseFinished === undefined) return;
    const running = this.#running.get(testCaseFinished.testCaseStartedId);
    if (running === undefined) return;
    this.#running.delete(testCaseFinished.testCaseStartedId);
    const { testCaseId } = running.start;
    const attempts = [...(this.#earlier.get(testCaseId) ?? []), running.finish(testCaseFinished.timestamp)];
    if (testCaseFinished.willBeRetried) {
      this.#earlier.set(testCaseId, attempts);
      return;
    }
    this.#earlier.delete(testCaseId);
    this.#ended.add(testCaseId);
    this.#keep(this.#plan.testCases.get(testCaseId)?.pickleId ?? '', attempts, running);
  }

  #keep(pickleId: string, attempts: readonly Attempt[], last: RunningAttempt | undefined): void {
    const pickle = this.#plan.pickles.get(pickleId);
    const identity = this.#identities.of(pickleId);
    if (pickle === undefined || identity === undefined) return;
    const { order, ...known } = identity;
    const { record, limitations = [], steps = [] } = last ?? {};
    const reason = steps.find(({ status }) => status === 'skipped')?.reason?.replace(/^not applicable: /, '');
    if (record !== undefined) this.#recordSituation(record);
    const place = this.#placeOf(pickle);
    const scenario: ScenarioResult = {
      ...known,
      run: this.#options.runId,
      line: this.#plan.lineOf(pickle),
      ...stateOf(attempts, limitations, { interrupted: this.#options.isInterrupted?.() ?? false, reason }),
      cells: record?.cells ?? [],
      attempts,
      durationMs: attempts.at(-1)?.durationMs ?? 0,
      limitations,
      steps,
      ...situationOf(record),
      reproduce: reproduceCommand(this.#options.reproduce, {
        place,
        name: (this.#places.get(place) ?? 0) > 1 ? pickle.name : undefined,
      }),
    };
    this.log.append(order, scenario);
  }

  #recordSituation({ facts, limitations, settings }: ScenarioRecord): void {
    this.#settings ??= settings;
    this.declare(limitations);
    for (const [fact, value] of Object.entries(facts)) {
      const values = this.#facts.get(fact) ?? new Set();
      this.#facts.set(fact, values.add(value));
    }
  }

  #placeOf(pickle: Pickle): string {
    return `${projectPath(pickle.uri)}:${this.#plan.lineOf(pickle)}`;
  }
}

function situationOf(
  record: ScenarioRecord | undefined,
): Pick<ScenarioResult, 'verdict' | 'explanation' | 'situation' | 'evidence'> {
  if (record === undefined) return {};
  const { cells: _, settings: __, limitations: ___, verdict, explanation, evidence, ...situation } = record;
  return {
    ...(verdict === undefined ? {} : { verdict }),
    ...(explanation === undefined ? {} : { explanation }),
    situation,
    ...(evidence === undefined ? {} : { evidence }),
  };
}
