import type { Diagnostic } from './diagnostic.js';
import type { ParseError } from './plan.js';
import { placeIn } from './source-text.js';

/** The names of Gherkin's tokens, for people. Those that are missing may stand anywhere and say nothing. */
const TOKENS: Readonly<Record<string, string>> = {
  '#FeatureLine': '"Feature:"',
  '#RuleLine': '"Rule:"',
  '#BackgroundLine': '"Background:"',
  '#ScenarioLine': '"Scenario:"',
  '#ExamplesLine': '"Examples:"',
  '#StepLine': 'a step',
  '#DocStringSeparator': '"""',
  '#TableRow': 'a table row',
  '#TagLine': 'tags',
  '#EOF': 'the end of the file',
};

/** Gherkin's parse error as a diagnostic. */
export function parseErrorDiagnostic(error: ParseError, sources: ReadonlyMap<string, string>): Diagnostic {
  const uri = error.source.uri ?? 'unknown';
  const { line = 1, column = 1 } = error.source.location ?? {};
  const at = placeIn(sources.get(uri), uri, line, Math.max(1, column));
  const text = error.message.replace(/^\(\d+:-?\d+\): /, '');
  const [, end, expected, got] = /^(unexpected end of file, )?expected: (.*?)(?:, got '(.*)')?$/s.exec(text) ?? [];
  if (expected === undefined) return { rule: 'syntax', message: text.replace(/\.$/, ''), at };
  const wanted = expected
    .split(', ')
    .map((token) => TOKENS[token])
    .filter((name) => name !== undefined);
  const found = end === undefined ? `"${got ?? ''}"` : 'end of the file';
  return { rule: 'syntax', message: `unexpected ${found}`, at, help: [`expected here: ${alternatives(wanted)}`] };
}

function alternatives(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
