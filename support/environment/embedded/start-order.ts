import { now } from '../../model/journal.js';
import type { FirstCall, Startup } from '../../model/startup.js';

/** Something that starts. Resolves once it is ready. */
type Start<Result = void> = () => Promise<Result>;

/** In which order the workload's application and its sidecar start, and when they did. */
export class WorkloadStart {
  readonly #startup: Startup | undefined;
  readonly #events: { readonly at: number; readonly text: string }[] = [];
  #firstCall: FirstCall | undefined;

  constructor(startup: Startup | undefined) {
    this.#startup = startup;
  }

  /** The application's first call, if it was to make one. */
  get firstCall(): FirstCall | undefined {
    return this.#firstCall;
  }

  /**
   * Starts both. Where the order is said, what is second starts when the first is ready; an application that is first has made its first call
   * by then.
   * @param application resolves with its first call.
   */
  async run(application: Start<FirstCall | undefined>, sidecars: Start): Promise<void> {
    const startApplication = async (): Promise<void> => {
      this.#note('the application is started');
      this.#firstCall = await application();
      this.#note('the application runs');
      if (this.#firstCall !== undefined) {
        const { at, text } = this.#firstCall;
        this.#events.push({ at, text: `the application's first call: ${text}` });
      }
    };
    const startSidecars = async (): Promise<void> => {
      this.#note('the sidecar is started');
      await sidecars();
      this.#note('the sidecar takes connections');
    };
    switch (this.#startup?.order) {
      case 'before':
        await startApplication();
        return startSidecars();
      case 'after':
        await startSidecars();
        return startApplication();
      case undefined:
        await Promise.all([startApplication(), startSidecars()]);
    }
  }

  /** What was when, as evidence. Undefined where nothing was said of it. */
  get note(): string | undefined {
    if (this.#startup === undefined) return undefined;
    const events = this.#events.toSorted((a, b) => a.at - b.at);
    const [first] = events;
    if (first === undefined) return undefined;
    return events.map(({ at, text }) => `${String(Math.round(at - first.at)).padStart(6)} ms  ${text}\n`).join('');
  }

  /** For reports. */
  get facts(): Readonly<Record<string, string>> {
    const { order } = this.#startup ?? {};
    return {
      ...(order !== undefined && { 'application starts': `${order} its sidecar is ready` }),
      ...(this.#firstCall !== undefined && { 'its first call': this.#firstCall.text }),
    };
  }

  #note(text: string): void {
    this.#events.push({ at: now(), text });
  }
}
