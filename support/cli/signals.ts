import { readdirSync, readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { interrupt } from '../language/interruption.js';
import { ENDING_SIGNALS } from './ending-signals.js';

/** How long scenarios may take to clean up after an interruption, in milliseconds. */
const GRACE_MS = 15_000;
/** How often to look for worker processes that were about to be started when the signal came, in milliseconds. */
const NEW_WORKERS_MS = 100;
/** How long the run may take to close its reports once its workers are gone. */
const CLOSING_MS = 3_000;

/**
 * SIGINT, SIGTERM and SIGHUP for a run. The first one lets every running scenario end at once and clean up, skips the rest and
 * completes the reports. A second one, or the end of the grace period, kills the workers; whatever they had started
 * ends with them. A worker is a process (cucumber-js 12) or a thread of this one (from 13 on).
 */
export class RunSignals {
  readonly #giveUp: () => void;
  readonly #silent: boolean;
  readonly #signals: readonly NodeJS.Signals[];
  readonly #handler = (): void => this.#receive();
  readonly #threads = new Set<Worker>();
  readonly #onThread = (thread: Worker): void => {
    this.#threads.add(thread);
    thread.once('exit', () => this.#threads.delete(thread));
  };
  #received = 0;
  #timer: NodeJS.Timeout | undefined;
  #teller: NodeJS.Timeout | undefined;
  readonly #told = new Set<number>();

  /**
   * `giveUp` is called when the run does not end although it was told to; it must end the process. A watched run leaves
   * what its terminal sends, and what is said about it, to its supervisor.
   */
  constructor(giveUp: () => void, { watched = false } = {}) {
    this.#giveUp = giveUp;
    this.#silent = watched;
    this.#signals = watched ? ['SIGTERM'] : ENDING_SIGNALS;
    for (const signal of this.#signals) process.on(signal, this.#handler);
    // Cucumber-js keeps its threads to itself; those of steps that run without workers are no loss at the end of all.
    process.on('worker', this.#onThread);
  }

  get interrupted(): boolean {
    return this.#received > 0;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#teller);
    for (const signal of this.#signals) process.off(signal, this.#handler);
    process.off('worker', this.#onThread);
  }

  /** One that does not listen yet has nothing to clean up: the signal ends it. */
  #tellWorkers(): void {
    for (const pid of workersOf(process.pid)) {
      if (!this.#told.has(pid)) kill(pid, 'SIGTERM');
      this.#told.add(pid);
    }
  }

  #receive(): void {
    this.#received++;
    clearTimeout(this.#timer);
    if (this.#received === 1) {
      if (!this.#silent)
        process.stderr.write('\ninterrupted: ending the running scenarios; once more to end at once\n');
      interrupt();
      this.#tellWorkers();
      this.#teller = setInterval(() => this.#tellWorkers(), NEW_WORKERS_MS).unref();
      this.#timer = setTimeout(() => this.#receive(), GRACE_MS);
    } else {
      clearInterval(this.#teller);
      for (const pid of workersOf(process.pid)) kill(pid, 'SIGKILL');
      for (const thread of this.#threads) void thread.terminate();
      this.#timer = setTimeout(this.#giveUp, CLOSING_MS);
    }
  }
}

/** Cucumber's worker processes below `parent`. Cucumber-js keeps their process ids to itself. */
function workersOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent && read(`/proc/${pid}/cmdline`).includes('run_worker'));
}

function parentOf(pid: number): number {
  // `pid (name) state parent …`; the name may hold anything, parentheses included.
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
  }
}
