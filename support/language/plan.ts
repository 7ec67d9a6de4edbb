import type { CoordinatorEventValues, IFilterablePickle } from '@cucumber/cucumber/api';

export type Envelope = CoordinatorEventValues['message'];
export type GherkinDocument = NonNullable<Envelope['gherkinDocument']>;
export type ParseError = NonNullable<Envelope['parseError']>;

/** What a run is about to do, before the first scenario starts. */
export interface Plan {
  /** Text of every feature file, by uri. */
  readonly sources: ReadonlyMap<string, string>;
  readonly parseErrors: readonly ParseError[];
  /** How many scenarios the files hold. */
  readonly found: number;
  /** The scenarios that are selected, in the order they will run. */
  readonly selected: readonly IFilterablePickle[];
}

/** Gathers a plan from cucumber's messages. */
export class PlanRecorder {
  readonly #sources = new Map<string, string>();
  readonly #parseErrors: ParseError[] = [];
  #found = 0;

  record(envelope: Envelope): void {
    if (envelope.source !== undefined) this.#sources.set(envelope.source.uri, envelope.source.data);
    if (envelope.parseError !== undefined) this.#parseErrors.push(envelope.parseError);
    if (envelope.pickle !== undefined) this.#found++;
  }

  plan(selected: readonly IFilterablePickle[]): Plan {
    return { sources: this.#sources, parseErrors: this.#parseErrors, found: this.#found, selected };
  }
}
