import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import type { ScenarioResult, ScenarioState } from '../../model/results.js';
import type { Coordinates } from '../../model/scenario-record.js';
import type { Verdict } from '../../model/verdict.js';

/** What is kept in memory of a scenario: enough to sort, count and place it. */
export interface LoggedScenario {
  readonly order: number;
  readonly id: string;
  readonly name: string;
  readonly state: ScenarioState;
  readonly verdict?: Verdict;
  readonly cells: readonly Coordinates[];
  /** Ids of those that it showed. */
  readonly limitations: readonly string[];
}

export function loggedScenario(order: number, scenario: ScenarioResult): LoggedScenario {
  const { id, name, state, verdict, cells, limitations } = scenario;
  const shown = limitations.filter(({ outcome }) => outcome === 'known').map(({ limitation }) => limitation);
  return { order, id, name, state, ...(verdict === undefined ? {} : { verdict }), cells, limitations: shown };
}

interface Entry extends LoggedScenario {
  readonly offset: number;
  readonly length: number;
}

/**
 * Scenarios of a run, on disk: each is appended as a line of JSON when it has ended and read again when the results are put
 * together, so that memory stays flat however many there are.
 */
export class ScenarioLog {
  readonly #path: string;
  readonly #file: number;
  readonly #entries = new Map<string, Entry>();
  #end = 0;

  /** `path` is made, and removed by {@link dispose}. */
  constructor(path: string) {
    this.#path = path;
    this.#file = openSync(path, 'w+');
  }

  /** A scenario that is there already is replaced. */
  append(order: number, scenario: ScenarioResult): void {
    const line = Buffer.from(`${JSON.stringify(scenario)}\n`);
    writeSync(this.#file, line, 0, line.length, this.#end);
    this.#entries.set(scenario.id, { ...loggedScenario(order, scenario), offset: this.#end, length: line.length });
    this.#end += line.length;
  }

  /** In the order of their features. */
  get entries(): readonly LoggedScenario[] {
    return this.#sorted();
  }

  /** The lines of JSON, without line breaks, one after the other. */
  *lines(): Generator<string> {
    for (const { offset, length } of this.#sorted()) {
      const buffer = Buffer.alloc(length - 1);
      readSync(this.#file, buffer, 0, buffer.length, offset);
      yield buffer.toString('utf8');
    }
  }

  *scenarios(): Generator<ScenarioResult> {
    for (const line of this.lines()) yield JSON.parse(line) as ScenarioResult;
  }

  dispose(): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #sorted(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.order - b.order);
  }
}
