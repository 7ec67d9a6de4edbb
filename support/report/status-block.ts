import { stripVTControlCharacters } from 'node:util';
import type { ChalkInstance } from 'chalk';
import { visibleText } from '../model/visible-text.js';
import { type EarlierDurations, remainingText, remainingTime } from './remaining-time.js';
import type { Tally } from './tally.js';

const REFRESH_MS = 200;
/** More scenarios than this at once are summed up in one line. */
const LINES = 8;

/** The lines at the bottom of a terminal that show what is running. They are erased before anything else is printed. */
export class StatusBlock {
  readonly #terminal: NodeJS.WriteStream;
  readonly #tally: Tally;
  readonly #colour: ChalkInstance;
  readonly #began = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #height = 0;
  #earlier: EarlierDurations = new Map();
  #workers = 1;
  #lines: readonly string[] = [];
  #linesAt = 0;

  /** @param earlier how long the scenarios took the last time, once that is known. */
  constructor(terminal: NodeJS.WriteStream, tally: Tally, colour: ChalkInstance, earlier?: Promise<EarlierDurations>) {
    this.#terminal = terminal;
    this.#tally = tally;
    this.#colour = colour;
    earlier?.then((durations) => {
      this.#earlier = durations;
    });
  }

  show(): void {
    this.#timer ??= setInterval(() => this.draw(), REFRESH_MS).unref();
  }

  draw(): void {
    if (this.#timer === undefined) return;
    this.clear();
    const now = Date.now();
    // Scenarios may end faster than anyone reads.
    if (now - this.#linesAt >= REFRESH_MS / 2) {
      this.#lines = this.#linesFor(now);
      this.#linesAt = now;
    }
    this.#terminal.write(`${this.#lines.join('\n')}\n`);
    this.#height = this.#lines.length;
  }

  #linesFor(now: number): readonly string[] {
    this.#workers = Math.max(this.#workers, this.#tally.running.length);
    const remaining = remainingTime(this.#tally, { now, workers: this.#workers, earlier: this.#earlier });
    const [began, columns, colour] = [this.#began, this.#terminal.columns, this.#colour];
    return statusLines(this.#tally, { now, began, columns, colour, remaining });
  }

  clear(): void {
    if (this.#height > 0) this.#terminal.write(`\u001b[${this.#height}A\u001b[J`);
    this.#height = 0;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.clear();
  }
}

export interface StatusView {
  /** Epoch milliseconds, as is `began`. */
  readonly now: number;
  readonly began: number;
  /** No line is wider. */
  readonly columns: number;
  readonly colour: ChalkInstance;
  /** Milliseconds; undefined where nobody knows. */
  readonly remaining?: number | undefined;
}

/** What a terminal shows while scenarios run: counts and times, and below them what is running. */
export function statusLines(tally: Tally, { now, began, columns, colour, remaining }: StatusView): readonly string[] {
  const { results } = tally;
  const done = results.length;
  const failed = results.filter(({ status }) => !/passed|known|skipped/.test(status)).length;
  const known = tally.count('known');
  const counts = [
    `${done}/${tally.total} scenarios`,
    `${failed} failed`,
    ...(known > 0 ? [`${known} known`] : []),
    [clock(now - began), remainingText(remaining)].filter((text) => text !== '').join(', '),
  ];
  const running = tally.running.slice(0, LINES).map(({ name, location, startedAt }) => {
    const age = `${Math.max(0, (now - startedAt) / 1000).toFixed(1)} s`.padStart(7);
    return clip(`${age}  ${visibleText(stripVTControlCharacters(`${name}  ${location}`))}`, columns);
  });
  const more = tally.running.length - running.length;
  return [
    (failed > 0 ? colour.red : colour.bold)(clip(counts.join(' · '), columns)),
    ...running.map((line) => colour.dim(line)),
    ...(more > 0 ? [colour.dim(`         and ${more} more`)] : []),
  ];
}

function clock(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1000);
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
}

function clip(text: string, columns: number): string {
  const plain = stripVTControlCharacters(text).replace(/\s/g, ' ');
  const width = Math.max(20, columns - 1);
  return plain.length <= width ? plain : `${plain.slice(0, width - 1)}…`;
}
