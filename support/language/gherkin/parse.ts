import type { Diagnostic } from '../diagnostic.js';
import { parseErrorDiagnostic } from '../parse-error.js';
import type { Envelope, GherkinDocument } from '../plan.js';
import { gherkinLibrary } from './library.js';

export type Pickle = NonNullable<Envelope['pickle']>;

/** A feature file, read. */
export interface ParsedGherkin {
  /** Undefined where the text has mistakes. Its `feature` is undefined where the file holds none. */
  readonly document?: GherkinDocument;
  /** The scenarios and rows to run, in their order. */
  readonly pickles: readonly Pickle[];
  readonly mistakes: readonly Diagnostic[];
}

/**
 * Reads Gherkin as cucumber-js reads it. A uri that ends in `.md` is read as Markdown with Gherkin. Ids are unique within
 * one result only.
 */
export function parseGherkin(text: string, uri: string): ParsedGherkin {
  let ids = 0;
  const mediaType = uri.endsWith('.md') ? 'text/x.cucumber.gherkin+markdown' : 'text/x.cucumber.gherkin+plain';
  const envelopes = gherkinLibrary().generateMessages(text, uri, mediaType, {
    newId: () => String(ids++),
    includeSource: false,
    includeGherkinDocument: true,
    includePickles: true,
  });
  const document = envelopes.find(({ gherkinDocument }) => gherkinDocument !== undefined)?.gherkinDocument;
  const sources = new Map([[uri, text]]);
  return {
    ...(document === undefined ? {} : { document }),
    pickles: envelopes.flatMap(({ pickle }) => (pickle === undefined ? [] : [pickle])),
    mistakes: envelopes.flatMap(({ parseError }) =>
      parseError === undefined ? [] : [parseErrorDiagnostic(parseError, sources)],
    ),
  };
}
