import { type ChildProcess, spawn } from 'node:child_process';
import type { Rerun, WatchedSelection } from './watch-selection.js';

/** Tells a run that it is watched, and what to run of its selection: a {@link Rerun} as JSON. */
const VARIABLE = 'MIRRORSPEC_WATCHED_RUN';

/** A run as its supervisor sees it. */
export interface WatchedRun {
  /** Resolves with the exit code, or with nothing when a signal ended it. Never rejects. */
  readonly ended: Promise<number | undefined>;
  /** As SIGTERM does: once to end it in good order, again to end it at once. */
  end(): void;
}

/** Starts this very command again, as a run of its own process: modules can be loaded only once in each. */
export function startWatchedRun(rerun: Rerun, onSelection: (selection: WatchedSelection) => void): WatchedRun {
  const child: ChildProcess = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    // The terminal's keys are the supervisor's.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [VARIABLE]: JSON.stringify(rerun) },
  });
  child.on('message', (message) => onSelection(message as WatchedSelection));
  const ended = new Promise<number | undefined>((resolve) => {
    child.on('error', () => resolve(undefined));
    child.on('exit', (code) => resolve(code ?? undefined));
  });
  return { ended, end: () => void child.kill('SIGTERM') };
}

let isWatched = false;

/**
 * The run's side: what it is to run, when it is watched. It then leaves what the terminal sends to its supervisor, and ends in good order when
 * that is killed.
 */
export function watchedRun(): Rerun | undefined {
  const text = process.env[VARIABLE];
  if (text === undefined) return undefined;
  delete process.env[VARIABLE];
  isWatched = true;
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  return JSON.parse(text) as Rerun;
}

/** Tells the supervisor, if there is one, what the command line and the project's configuration select. */
export function tellSupervisor(selection: WatchedSelection): void {
  if (isWatched) process.send?.(selection);
}
