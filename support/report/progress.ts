import { type ChalkInstance, chalkStderr, default as chalkStdout } from 'chalk';
import { observationTitle } from '../model/limitation-observation.js';
import { harmlessLines } from '../model/pipeline-commands.js';
import type { EarlierDurations } from './remaining-time.js';
import { StatusBlock } from './status-block.js';
import { type Envelope, type ScenarioResult, type ScenarioStatus, type StepFailure, Tally } from './tally.js';

/** What cucumber-js hands to a formatter plugin; its own type is not public. */
interface FormatterContext {
  readonly options: ProgressOptions;
  on(event: 'message', handler: (envelope: Envelope) => void): void;
  write(text: string): void;
}

/** Under the key `mirrorspec` of cucumber's format options. */
export interface ProgressOptions {
  /** Follows the run, for whoever wants to know more about it when it has ended. */
  readonly tally?: Tally;
  /** How long scenarios took the last time; asked for only where it is shown. */
  readonly earlier?: () => Promise<EarlierDurations>;
}

/** Errors whose message says all; where they were thrown is of no use to the reader. */
const SELF_EXPLAINING = new Set([
  'ExpectationError',
  'UserError',
  'EnvironmentError',
  'InterruptedError',
  'AssertionError',
]);

/** How many lines of a stack are shown: enough to find the author's own line. */
const STACK_LINES = 4;

const WORDS: Readonly<Record<ScenarioStatus, string>> = {
  passed: 'pass',
  failed: 'FAIL',
  ambiguous: 'FAIL',
  undefined: 'FAIL',
  pending: 'TODO',
  skipped: 'skip',
  known: 'known',
};

/**
 * The progress of a run, as a cucumber-js formatter: one line on stdout for each scenario that has ended, with what
 * went wrong below it, and a summary. On a terminal a block on stderr shows what is running.
 */
export default {
  type: 'formatter',
  optionsKey: 'mirrorspec',
  formatter({ on, write, options }: FormatterContext): () => void {
    const tally = options.tally ?? new Tally();
    const block = process.stderr.isTTY
      ? new StatusBlock(process.stderr, tally, chalkStderr, options.earlier?.())
      : undefined;
    const began = performance.now();
    on('message', (envelope) => {
      const result = tally.record(envelope);
      if (envelope.testRunStarted !== undefined) block?.show();
      if (result === undefined) return;
      block?.clear();
      write(scenarioText(result, chalkStdout));
      block?.draw();
    });
    return () => {
      block?.close();
      if (tally.total > 0) write(summaryText(tally, performance.now() - began, chalkStdout));
    };
  },
} as const;

/** One finished attempt: its line, and below it what failed. */
export function scenarioText(result: ScenarioResult, colour: ChalkInstance): string {
  const { status, location, durationMs, attempt, willBeRetried, failures } = result;
  const known = result.limitations.filter(({ outcome }) => outcome === 'known').map(observationTitle);
  const why = status === 'known' ? known.join('; ') : result.notApplicable;
  const name = onOneLine(why === undefined ? result.name : `${result.name} — ${why}`);
  const notes = [
    seconds(durationMs),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(willBeRetried ? ['will be retried'] : []),
  ];
  const interrupted = wasInterrupted(result);
  const word = paint(status, colour)((interrupted ? 'stop' : WORDS[status]).padEnd(5));
  const lines = [
    `${willBeRetried && !interrupted ? colour.yellow('retry') : word} ${onOneLine(location)}  ${name} ${colour.dim(`(${notes.join(', ')})`)}`,
  ];
  for (const failure of failures) lines.push(...failureLines(failure, colour));
  return `${lines.join('\n')}\n`;
}

export function wasInterrupted({ failures }: Pick<ScenarioResult, 'failures'>): boolean {
  return failures.some(({ type }) => type === 'InterruptedError');
}

function failureLines(failure: StepFailure, colour: ChalkInstance): string[] {
  const { step, location, code, type, message, stack } = failure;
  const title = type === 'Error' || SELF_EXPLAINING.has(type) ? message : `${type}: ${message}`;
  const places = [location, code === undefined ? undefined : `code: ${code}`].filter((place) => place !== undefined);
  const shown = SELF_EXPLAINING.has(type) ? [] : stack.slice(0, STACK_LINES);
  return [
    `      ${colour.bold(onOneLine(step))}  ${colour.dim(onOneLine(places.join('  ')))}`,
    ...harmlessLines(title)
      .split('\n')
      .map((line) => `        ${line}`.trimEnd()),
    ...shown.map(harmlessLines).map((line) => colour.dim(`        ${line}`)),
  ];
}

/** The closing lines: counts, duration, and whatever failed outside of scenarios. */
export function summaryText(tally: Tally, durationMs: number, colour: ChalkInstance): string {
  const lines: string[] = [''];
  for (const failure of tally.runFailures)
    lines.push(colour.red('FAIL  hook of the run'), ...failureLines(failure, colour));
  const interrupted = tally.results.filter(wasInterrupted).length;
  const counts = (['passed', 'failed', 'ambiguous', 'undefined', 'pending', 'skipped'] as const)
    .map((status) => ({ status, count: tally.count(status) - (status === 'failed' ? interrupted : 0) }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => paint(status, colour)(`${count} ${status}`));
  const known = tally.count('known');
  if (known > 0) counts.push(colour.magenta(plural(known, 'known limitation')));
  const retried = tally.results.filter(({ status, attempt }) => /passed|known/.test(status) && attempt > 1).length;
  if (retried > 0) counts.push(colour.yellow(`${retried} of them after a retry`));
  if (interrupted > 0) counts.push(colour.yellow(`${interrupted} interrupted`));
  if (tally.unfinished.length > 0) counts.push(colour.red(`${tally.unfinished.length} not finished`));
  lines.push(`${plural(tally.total, 'scenario')}: ${counts.join(', ')} ${colour.dim(`(${seconds(durationMs)})`)}`);
  return `${lines.join('\n')}\n`;
}

function paint(status: ScenarioStatus, colour: ChalkInstance): (text: string) => string {
  if (status === 'passed') return colour.green;
  if (status === 'skipped') return colour.cyan;
  if (status === 'known') return colour.magenta;
  return status === 'pending' ? colour.yellow : colour.red;
}

/** Names, like messages, may hold anything. */
function onOneLine(text: string): string {
  return harmlessLines(text).replaceAll('\n', ' ');
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
