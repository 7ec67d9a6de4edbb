import type { Envelope, GherkinDocument } from '../plan.js';
import type { YamlPlace } from './node.js';

/** A document of a YAML file, behind the Gherkin that cucumber-js parses. */
export interface LocatedSource {
  /** How cucumber-js is to call the document. */
  readonly uri: string;
  /** The text of the YAML file. */
  readonly text: string;
  /** Where the YAML has what stands on a line of the Gherkin. */
  readonly places: ReadonlyMap<number, YamlPlace>;
}

type Location = NonNullable<GherkinDocument['feature']>['location'];
/** Messages are typed as read-only; what changes here are their texts and numbers, never their shape. */
type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** The places to which the locations of messages were changed. */
export type PlaceOfLocation = (location: object) => YamlPlace | undefined;

/**
 * Makes messages about compiled Gherkin speak of the YAML. They are changed in place: cucumber-js keeps the objects of a
 * document when it hands them out first, and filters, formatters and workers all get the same ones afterwards. A location
 * that two messages share (scenarios have that of their row) is changed once.
 */
export function relocator(sourceOf: (uri: string) => LocatedSource | undefined): {
  relocate(envelope: Envelope): void;
  readonly placeOf: PlaceOfLocation;
} {
  const places = new WeakMap<object, YamlPlace>();

  const move = (location: Location, source: LocatedSource): void => {
    const place = places.has(location) ? undefined : source.places.get(location.line);
    if (place === undefined) return;
    places.set(location, place);
    Object.assign(location as Mutable<Location>, { line: place.line, column: place.column });
  };
  const moveAll = (node: unknown, source: LocatedSource): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'location') move(value as Location, source);
      else moveAll(value, source);
    }
  };
  return {
    placeOf: (location) => places.get(location),
    relocate({ source, gherkinDocument, pickle }) {
      const message: { uri?: string; data?: string } | undefined = source ?? gherkinDocument ?? pickle;
      const located = sourceOf(message?.uri ?? '');
      if (message === undefined || located === undefined) return;
      message.uri = located.uri;
      if (source !== undefined) message.data = located.text;
      moveAll(gherkinDocument?.feature, located);
      if (pickle?.location !== undefined) move(pickle.location, located);
    },
  };
}
