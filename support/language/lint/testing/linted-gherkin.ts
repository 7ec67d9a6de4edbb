import { Chalk } from 'chalk';
import { parseGherkin } from '../../gherkin/parse.js';
import { type StepDefinition, stepMatcher } from '../../match-steps.js';
import { renderDiagnostics } from '../../render-diagnostics.js';
import { lintedGherkin } from '../gherkin-feature.js';
import { checkGherkinText } from '../gherkin-text.js';
import type { DeclaredLimitation } from '../limitations.js';
import { lintFeatures } from '../lint.js';

/** Steps that tests of the rules write. */
const DEFINITIONS: readonly StepDefinition[] = [
  definition('Given', 'an Istio mesh', /^an Istio mesh$/),
  definition('When', 'a {word} call is made', /^an? \S+ call is made$/),
  definition('When', 'it is told', /^it is told$/),
  definition('Then', 'it is mirrored', /^it is mirrored$/),
];

function definition(keyword: string, pattern: string, regexp: RegExp): StepDefinition {
  return {
    pattern,
    keyword,
    uri: 'steps/own.js',
    line: 1,
    expression: { regexp, match: () => null },
    unwrappedCode: () => {},
  };
}

/** What lint prints about Gherkin files, without the closing line. Empty: nothing is wrong. */
export function lintGherkin(
  files: Readonly<Record<string, string>>,
  limitations: readonly DeclaredLimitation[] = [],
): string {
  const steps = { definitions: DEFINITIONS, matching: stepMatcher(DEFINITIONS) };
  const hidden = [];
  const features = [];
  for (const [file, text] of Object.entries(files)) {
    const feature = parseGherkin(text, file).document?.feature;
    if (feature === undefined) throw new Error(`${file} is no feature`);
    hidden.push(...checkGherkinText(feature, file, text, steps));
    features.push(lintedGherkin(feature, file, text));
  }
  const mistakes = [...hidden, ...lintFeatures(features, { steps, limitations, wholeProject: true })];
  if (mistakes.length === 0) return '';
  const rules = mistakes.map(({ rule }) => rule).join(' ');
  const rendered = renderDiagnostics(mistakes, new Chalk({ level: 0 }));
  return `${rules}\n${rendered.slice(0, rendered.lastIndexOf('\n\nerror: '))}\n`;
}
