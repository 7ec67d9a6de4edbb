import type { CoordinatorEventValues, IFilterablePickle } from '@cucumber/cucumber/api';
import type { Diagnostic } from './diagnostic.js';
import type { PlaceOfLocation } from './yaml/location.js';

export type Envelope = CoordinatorEventValues['message'];
export type GherkinDocument = NonNullable<Envelope['gherkinDocument']>;
export type ParseError = NonNullable<Envelope['parseError']>;

/** What a run is about to do, before the first scenario starts. */
export interface Plan {
  /** Text of every feature file, by uri. */
  readonly sources: ReadonlyMap<string, string>;
  readonly parseErrors: readonly ParseError[];
  /** What is wrong with the YAML features. */
  readonly yamlMistakes: readonly Diagnostic[];
  /** The place in YAML of a node's location; undefined where the node was written in Gherkin. */
  readonly yamlPlaceOf: PlaceOfLocation;
  /** How many scenarios the files hold. */
  readonly found: number;
  /** The scenarios that are selected, in the order they will run. */
  readonly selected: readonly IFilterablePickle[];
}

/** Gathers a plan from cucumber's messages, which speak of YAML where a feature was written in it. */
export class PlanRecorder {
  readonly #sources = new Map<string, string>();
  readonly #parseErrors: ParseError[] = [];
  #yamlMistakes: readonly Diagnostic[] = [];
  #yamlPlaceOf: PlaceOfLocation = () => undefined;
  #found = 0;

  record(envelope: Envelope): void {
    if (envelope.source !== undefined) this.#sources.set(envelope.source.uri, envelope.source.data);
    if (envelope.parseError !== undefined) this.#parseErrors.push(envelope.parseError);
    if (envelope.pickle !== undefined) this.#found++;
  }

  recordYaml(mistakes: readonly Diagnostic[], placeOf: PlaceOfLocation): void {
    this.#yamlMistakes = mistakes;
    this.#yamlPlaceOf = placeOf;
  }

  plan(selected: readonly IFilterablePickle[]): Plan {
    return {
      sources: this.#sources,
      parseErrors: this.#parseErrors,
      yamlMistakes: this.#yamlMistakes,
      yamlPlaceOf: this.#yamlPlaceOf,
      found: this.#found,
      selected,
    };
  }
}
