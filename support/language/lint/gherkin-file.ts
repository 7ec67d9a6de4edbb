import type { Diagnostic } from '../diagnostic.js';
import { parseGherkin } from '../gherkin/parse.js';
import { textOf } from '../yaml/read-text.js';
import { lintedGherkin } from './gherkin-feature.js';
import { checkGherkinText, type KnownSteps } from './gherkin-text.js';
import type { LintedFeature } from './linted.js';

/** The feature of a Gherkin file, for the rules, and everything that reading it finds wrong. */
export function lintedGherkinFile(
  bytes: Uint8Array,
  file: string,
  steps: KnownSteps | undefined,
): { readonly features: readonly LintedFeature[]; readonly mistakes: readonly Diagnostic[] } {
  const text = textOf(bytes, file);
  // Which control characters may stand in a text is a matter of YAML.
  if (typeof text !== 'string' && text.rule !== 'control-character') return { features: [], mistakes: [text] };
  const content = typeof text === 'string' ? text : new TextDecoder().decode(bytes);
  const { document, mistakes } = parseGherkin(content, file);
  if (document === undefined) return { features: [], mistakes };
  const { feature } = document;
  if (feature === undefined) return { features: [], mistakes: [noFeature(file)] };
  return {
    features: [lintedGherkin(feature, file, content)],
    mistakes: checkGherkinText(feature, file, content, steps),
  };
}

function noFeature(file: string): Diagnostic {
  return {
    rule: 'no-feature',
    message: 'this file holds no feature',
    at: { file, line: 1 },
    help: ['begin it with "Feature:" and a name, or remove it'],
  };
}
