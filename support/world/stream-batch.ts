import type { OpenStreams } from '../environment/environment.js';
import type { CallOutcome, CallPlan, Payload } from '../model/call.js';
import { formatDuration } from '../model/duration.js';
import { ExpectationError, UserError } from '../model/errors.js';
import type { EndOnPurpose } from '../model/verdict.js';
import type { Batch } from './world.js';

/** What a stream must be told before it can be judged as a whole. */
const HOW_TO_END =
  'say before this step how it ends: "When the caller ends its side", "When the caller cancels", "When the workload breaks off the stream", or "When the deadline passes"';

/** Streams that one When-step opened and others go on with. */
export class StreamBatch implements Batch {
  readonly plan: CallPlan;
  readonly mirrored: boolean;
  readonly #streams: OpenStreams;
  readonly #sent: Payload[];
  /** How long an end may take, and a message that the other side does not read. */
  readonly #patienceMs: number;
  #outcomes: readonly CallOutcome[] | undefined;
  #ending = false;
  #onPurpose: Exclude<EndOnPurpose, 'open'> | undefined;

  constructor({
    plan,
    mirrored,
    streams,
    patienceMs,
  }: Omit<Batch, 'outcomes'> & { readonly streams: OpenStreams; readonly patienceMs: number }) {
    this.#sent = [];
    this.mirrored = mirrored;
    this.plan = { ...plan, messages: this.#sent };
    this.#streams = streams;
    // The caller has nothing to say: the workload's answers come to their end by themselves.
    this.#ending = plan.protocol === 'SSE';
    this.#patienceMs = patienceMs;
  }

  get outcomes(): readonly CallOutcome[] {
    if (this.#outcomes === undefined) throw new UserError(`the stream is still open: ${HOW_TO_END}`);
    return this.#outcomes;
  }

  /** What became of the streams that no protocol would call an answer, and was meant to be so. */
  get onPurpose(): EndOnPurpose | undefined {
    return this.#outcomes === undefined ? 'open' : this.#onPurpose;
  }

  /** What was sent so far. */
  get sent(): readonly Payload[] {
    return this.#sent;
  }

  async send(payload: Payload, signal: AbortSignal): Promise<void> {
    if (this.#ending) throw new UserError('nothing can be sent on a stream whose end was said before');
    await this.#inTime(
      'the message could not be sent: the other side does not read',
      (either) => this.#streams.send(payload, either),
      signal,
    );
    this.#sent.push(payload);
  }

  async end(signal: AbortSignal): Promise<void> {
    await this.#streams.end(signal);
    this.#ending = true;
  }

  async cancel(signal: AbortSignal): Promise<void> {
    await this.#streams.cancel(signal);
    this.#ending = true;
    this.#onPurpose = 'cancelled';
  }

  async breakOff(signal: AbortSignal): Promise<void> {
    await this.#streams.breakOff(signal);
    this.#ending = true;
    this.#onPurpose = 'broken-off';
  }

  /** Waits until the deadline has ended all of them. */
  async passDeadline(signal: AbortSignal): Promise<void> {
    this.#ending = true;
    const outcomes = await this.settle(signal, this.plan.timeoutMs + this.#patienceMs);
    const other = outcomes.find(({ gaveUp, grpcStatus }) => gaveUp !== 'deadline' && grpcStatus !== DEADLINE_EXCEEDED);
    if (other !== undefined) {
      throw new ExpectationError(
        `the deadline was expected to end the stream, but it ended otherwise: ${other.error ?? 'it was answered completely'}`,
      );
    }
    this.#onPurpose = 'deadline';
  }

  /** Those that are over, whether or not their end was asked for. */
  over(signal: AbortSignal): Promise<readonly CallOutcome[]> {
    return this.#streams.over(signal);
  }

  /** Waits for the end of all of them, once a step has said how they end. */
  async settle(signal: AbortSignal, patienceMs = this.#patienceMs): Promise<readonly CallOutcome[]> {
    if (this.#outcomes !== undefined) return this.#outcomes;
    if (!this.#ending && (await this.over(signal)).length < this.plan.ids.length) {
      throw new UserError(`the stream is still open: ${HOW_TO_END}`);
    }
    this.#outcomes = await this.#inTime(
      'the stream has not come to its end',
      (either) => this.#streams.outcomes(either),
      signal,
      patienceMs,
    );
    return this.#outcomes;
  }

  async #inTime<Result>(
    otherwise: string,
    work: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
    patienceMs = this.#patienceMs,
  ): Promise<Result> {
    const patience = AbortSignal.timeout(patienceMs);
    try {
      return await work(AbortSignal.any([signal, patience]));
    } catch (error) {
      if (!patience.aborted || signal.aborted) throw error;
      throw new ExpectationError(`${otherwise} within ${formatDuration(patienceMs)}`);
    }
  }
}

const DEADLINE_EXCEEDED = 4;

/** How the calls of a batch ended, those of open streams left out. */
export function outcomesSoFar(batch: Batch): readonly CallOutcome[] {
  return batch instanceof StreamBatch && batch.onPurpose === 'open' ? [] : batch.outcomes;
}
