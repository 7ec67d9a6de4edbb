import type { MirrorSession } from '../../mirror/session.js';
import { joinJournals } from '../../model/join-journals.js';
import { type Journal, now } from '../../model/journal.js';
import type { SessionPeriod } from '../../model/session.js';

/** The mirror sessions of one deployment, one after the other. */
export class MirrorSessions {
  readonly #periods: { from: number; to?: number }[] = [];
  /** What the local processes of sessions that are over received. */
  #before: Journal = [];
  #last: MirrorSession | undefined;
  #running = false;
  #failure: Error | undefined;

  /** The one that was started last. */
  get last(): MirrorSession | undefined {
    return this.#last;
  }

  get running(): MirrorSession | undefined {
    return this.#running ? this.#last : undefined;
  }

  /** Why the one that was to be started last could not be. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get periods(): readonly SessionPeriod[] {
    return this.#periods;
  }

  /** What the local processes of all sessions received, as if it were one. */
  get journal(): Journal {
    const own = this.#last?.journal ?? [];
    return this.#before.length === 0 ? own : joinJournals(this.#before, own);
  }

  /** Starts one. That it cannot be started is kept as {@link failure}, and thrown by nobody but an abort. */
  async start(begin: () => Promise<MirrorSession>, signal: AbortSignal): Promise<void> {
    const period = { from: now() };
    try {
      const session = await begin();
      this.#before = this.journal;
      this.#last = session;
      this.#running = true;
      this.#failure = undefined;
      this.#periods.push(period);
    } catch (error) {
      if (signal.aborted || !(error instanceof Error)) throw error;
      this.#failure = error;
    }
  }

  /** Ends the one that is running. What it received is kept. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await this.#last?.dispose();
    const period = this.#periods.at(-1);
    if (period !== undefined) period.to = now();
  }
}
