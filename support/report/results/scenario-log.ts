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

/** So many characters of JSON stay in memory; most runs need no more. */
const KEPT = 4_000_000;

type Entry = LoggedScenario & { readonly at: Place };
type Place =
  | { readonly kept: { readonly scenario: ScenarioResult; readonly json: string } }
  | { readonly kept?: undefined; readonly offset: number; readonly length: number };

/**
 * Scenarios of a run as lines of JSON: each is appended when it has ended and read again when the results are put together.
 * The first ones stay in memory and the others are on disk, so that memory stays flat however many there are.
 */
export class ScenarioLog {
  readonly #path: string;
  readonly #entries = new Map<string, Entry>();
  #file: number | undefined;
  #kept = 0;
  #end = 0;

  /** `path` is made when it is needed, and removed by {@link dispose}. */
  constructor(path: string) {
    this.#path = path;
  }

  /** A scenario that is there already is replaced. */
  append(order: number, scenario: ScenarioResult): void {
    this.#entries.set(scenario.id, { ...loggedScenario(order, scenario), at: this.#placeFor(scenario) });
  }

  #placeFor(scenario: ScenarioResult): Place {
    const json = JSON.stringify(scenario);
    if (this.#kept + json.length <= KEPT) {
      this.#kept += json.length;
      return { kept: { scenario, json } };
    }
    this.#file ??= openSync(this.#path, 'w+');
    const line = Buffer.from(`${json}\n`);
    const place = { offset: this.#end, length: line.length };
    writeSync(this.#file, line, 0, line.length, this.#end);
    this.#end += line.length;
    return place;
  }

  /** In the order of their features. */
  get entries(): readonly LoggedScenario[] {
    return this.#sorted();
  }

  /** The lines of JSON, without line breaks, one after the other. */
  *lines(): Generator<string> {
    for (const { at } of this.#sorted()) yield at.kept?.json ?? this.#read(at);
  }

  *scenarios(): Generator<ScenarioResult> {
    for (const { at } of this.#sorted()) {
      yield at.kept?.scenario ?? (JSON.parse(this.#read(at)) as ScenarioResult);
    }
  }

  dispose(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file);
    this.#file = undefined;
    rmSync(this.#path, { force: true });
  }

  #read(at: Place): string {
    if (at.kept !== undefined) return at.kept.json;
    if (this.#file === undefined) throw new Error('the log has been disposed of');
    const buffer = Buffer.alloc(at.length - 1);
    readSync(this.#file, buffer, 0, buffer.length, at.offset);
    return buffer.toString('utf8');
  }

  #sorted(): readonly Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.order - b.order);
  }
}
