import type { CallOutcome, Payload } from '../../model/call.js';
import { UserError } from '../../model/errors.js';
import type { RunningProgram } from '../../model/host.js';
import type { OpenStreams } from '../environment.js';

/** Streams that the caller's program keeps open. */
export class EmbeddedStreams implements OpenStreams {
  readonly #caller: RunningProgram;
  readonly #workload: RunningProgram | undefined;
  readonly #ids: readonly string[];

  /** @param workload can be told to break calls off; `undefined` if it cannot. */
  constructor(caller: RunningProgram, workload: RunningProgram | undefined, ids: readonly string[]) {
    this.#caller = caller;
    this.#workload = workload;
    this.#ids = ids;
  }

  async send(payload: Payload, signal: AbortSignal): Promise<void> {
    await this.#caller.request('send', { ids: this.#ids, payload }, signal);
  }

  async end(signal: AbortSignal): Promise<void> {
    await this.#caller.request('end', { ids: this.#ids }, signal);
  }

  async cancel(signal: AbortSignal): Promise<void> {
    await this.#caller.request('cancel', { ids: this.#ids }, signal);
  }

  async breakOff(signal: AbortSignal): Promise<void> {
    if (this.#workload === undefined) throw new UserError('only the workload "echo" can be told to break off a stream');
    const unknown = await this.#workload.request<readonly string[]>('breakOff', { ids: this.#ids }, signal);
    if (unknown.length > 0) {
      throw new UserError(
        `the workload has no such stream to break off: ${unknown.length} of ${this.#ids.length} never reached it, or are over`,
      );
    }
  }

  over(signal: AbortSignal): Promise<readonly CallOutcome[]> {
    return this.#caller.request('over', { ids: this.#ids }, signal);
  }

  outcomes(signal: AbortSignal): Promise<readonly CallOutcome[]> {
    return this.#caller.request('outcomes', { ids: this.#ids }, signal);
  }
}
