import { chalkStderr as colour } from 'chalk';
import { EXIT, type ExitCode } from '../model/errors.js';
import { ENDING_SIGNALS } from './ending-signals.js';
import { type FileChange, watchFiles } from './watch-files.js';
import { readKeys } from './watch-keys.js';
import { both, isIgnored, type Rerun, rerunFor, type WatchedSelection, withoutDeleted } from './watch-selection.js';
import { startWatchedRun, type WatchedRun } from './watched-run.js';

/** More changed files than this are counted, not named. */
const NAMED = 3;

/**
 * Runs what the command line selects, and again what changes, until the user quits. Each run is a process of its own with the same
 * command line. What a run could not do, because something was wrong or because a change ended it, the next one does too.
 */
export async function watch(cwd: string, initial: WatchedSelection): Promise<ExitCode> {
  let selection = initial;
  let wanted: Rerun = 'everything';
  let reason: string | undefined;
  let quit: ExitCode | undefined;
  let failure: unknown;
  let run: WatchedRun | undefined;
  let ending = false;
  let wake = (): void => {};

  const endRun = (): void => {
    if (run === undefined || ending) return;
    ending = true;
    run.end();
  };
  const again = (what: Rerun, why: string): void => {
    wanted = withoutDeleted(both(wanted, what), selection, cwd);
    // What was written is gone again already.
    if (wanted.length === 0) return;
    reason = why;
    endRun();
    wake();
  };
  const stop = (code: ExitCode): void => {
    const insists = quit !== undefined;
    quit = code;
    if (run !== undefined && !insists && code === EXIT.interrupted) {
      say('\ninterrupted: ending the running scenarios; once more to end at once');
    }
    if (insists) run?.end();
    else endRun();
    wake();
  };
  const interrupt = (): void => stop(EXIT.interrupted);
  const onChanges = (changes: readonly FileChange[]): void => {
    const reruns = changes.map((change) => ({ change, rerun: rerunFor(change, selection, cwd) }));
    const causes = reruns.filter(({ rerun }) => rerun.length > 0);
    const what = causes.map(({ rerun }) => rerun).reduce(both, []);
    if (causes.length > 0) again(what, describe(causes.map(({ change }) => change)));
    else if (changes.some(({ kind }) => kind === 'deleted')) wanted = withoutDeleted(wanted, selection, cwd);
  };

  const onError = (error: unknown): void => {
    failure = error;
    stop(EXIT.environment);
  };

  const files = watchFiles({ root: cwd, ignores: (path) => isIgnored(path, selection), onChanges, onError });
  const keys = readKeys(process.stdin, (key) => {
    if (key === 'run everything') again('everything', 'Enter');
    else stop(key === 'quit' ? EXIT.asExpected : EXIT.interrupted);
  });
  for (const signal of ENDING_SIGNALS) process.on(signal, interrupt);
  try {
    while (quit === undefined) {
      if (reason !== undefined)
        say(`\n${reason}: ${wanted === 'everything' ? 'running everything' : `running ${wanted.join(' ')}`}`);
      reason = undefined;
      const target = wanted;
      wanted = [];
      ending = false;
      run = startWatchedRun(target, (told) => {
        selection = told;
      });
      const code = await run.ended;
      run = undefined;
      const isDone = !ending && (code === EXIT.asExpected || code === EXIT.failed);
      if (!isDone) wanted = withoutDeleted(both(target, wanted), selection, cwd);
      if (quit !== undefined || reason !== undefined) continue;
      say(
        `\n${colour.dim(process.stdin.isTTY ? 'watching for changes; Enter: run everything, q: quit' : 'watching for changes')}`,
      );
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== undefined) throw failure;
    return quit;
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, interrupt);
    keys.dispose();
    files.dispose();
  }
}

function describe(changes: readonly FileChange[]): string {
  const named = changes
    .slice(0, NAMED)
    .map(({ path, kind }) => `${path} ${kind === 'changed' ? 'changed' : `is ${kind}`}`);
  const more = changes.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
