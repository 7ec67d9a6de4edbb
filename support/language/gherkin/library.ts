import { createRequire } from 'node:module';
import type { Envelope } from '../plan.js';

/** The words of one spoken language, as Gherkin's parser knows them. Step keywords end in a space where one belongs. */
export interface Dialect {
  readonly name: string;
  readonly native: string;
  readonly feature: readonly string[];
  readonly background: readonly string[];
  readonly rule: readonly string[];
  readonly scenario: readonly string[];
  readonly scenarioOutline: readonly string[];
  readonly examples: readonly string[];
  readonly given: readonly string[];
  readonly when: readonly string[];
  readonly then: readonly string[];
  readonly and: readonly string[];
  readonly but: readonly string[];
}

/** The part of `@cucumber/gherkin` that is used here; the same in the majors 38 (cucumber-js 12) and 42 (cucumber-js 13). */
export interface GherkinLibrary {
  readonly dialects: Readonly<Record<string, Dialect>>;
  generateMessages(
    data: string,
    uri: string,
    mediaType: string,
    options: {
      readonly newId: () => string;
      readonly includeSource: boolean;
      readonly includeGherkinDocument: boolean;
      readonly includePickles: boolean;
      readonly defaultDialect?: string;
    },
  ): readonly Envelope[];
}

let library: GherkinLibrary | undefined;

/**
 * The very parser that the installed cucumber-js uses. It is no dependency of this package: another version of it could
 * read a feature differently from the run. Loaded when first asked for.
 */
export function gherkinLibrary(): GherkinLibrary {
  library ??= createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'))('@cucumber/gherkin');
  return library as GherkinLibrary;
}
