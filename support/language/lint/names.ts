import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import { interpolate, type LintedFeature, rowsOf, scopesOf } from './linted.js';

/**
 * Scenarios that reports cannot tell apart: the same name twice within a feature, or within one of its rules. Rows of one
 * outline are told apart by their values, whether its name mentions them or not.
 */
export function duplicateScenarios(feature: LintedFeature): Diagnostic[] {
  return scopesOf(feature).flatMap(({ what, scenarios }) => {
    const first = new Map<string, { readonly index: number; readonly at: SourcePlace }>();
    return scenarios.flatMap((scenario, index): Diagnostic[] => {
      const rows = rowsOf(scenario.examples);
      const names = new Set(rows.length === 0 ? [scenario.name] : rows.map((row) => interpolate(scenario.name, row)));
      const at = feature.place(scenario.at);
      let mistake: Diagnostic | undefined;
      for (const name of names) {
        const known = first.get(name);
        if (known === undefined) first.set(name, { index, at });
        else if (known.index !== index) mistake ??= twice('scenario', name, at, known.at, what);
      }
      return mistake === undefined ? [] : [mistake];
    });
  });
}

/** Features of one name, in one file or several. */
export function duplicateFeatures(features: readonly LintedFeature[]): Diagnostic[] {
  const first = new Map<string, SourcePlace>();
  return features.flatMap(({ feature, place }) => {
    const at = place(feature.at);
    const known = first.get(feature.name);
    if (known === undefined) first.set(feature.name, at);
    return known === undefined ? [] : [twice('feature', feature.name, at, known, 'project')];
  });
}

function twice(
  what: 'scenario' | 'feature',
  name: string,
  at: SourcePlace,
  first: SourcePlace,
  scope: string,
): Diagnostic {
  const rule = what === 'scenario' ? { rule: 'duplicate-scenario' } : { rule: 'duplicate-feature' };
  return {
    ...rule,
    message: name === '' ? `two ${what}s have no name` : `two ${what}s are named "${name}"`,
    at,
    notes: [`the first one is at ${first.file}:${first.line}`],
    help: [`give each ${what} of a ${scope} a name of its own: reports tell them apart by it`],
  };
}
