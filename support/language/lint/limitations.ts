import { nearest } from '../../model/nearest.js';
import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import type { CompiledTag } from '../yaml/feature.js';
import type { LintedFeature } from './linted.js';

const PREFIX = '@limitation:';

/** A known limitation: its id and the file that declares it. */
export interface DeclaredLimitation {
  readonly id: string;
  readonly at: SourcePlace;
  /** Whether a scenario of this project is to show it: not what only a cluster shows, nor what has no verdict. */
  readonly needsScenario: boolean;
}

/** Tags that name a limitation which nobody declares, and tags that were meant to name one. */
export function checkLimitationTags(feature: LintedFeature, declared: readonly DeclaredLimitation[]): Diagnostic[] {
  return tagsOf(feature).flatMap(({ name, at }) => {
    const place = feature.place(at);
    if (name.startsWith(PREFIX)) {
      const id = name.slice(PREFIX.length);
      const ids = declared.map((limitation) => limitation.id);
      return ids.includes(id) ? [] : [{ rule: 'unknown-limitation', at: place, ...unknown(id, ids) }];
    }
    const [, word = '', rest = ''] = /^@([\p{L}_-]+?)(?:[:=_-]+(.*))?$/u.exec(name) ?? [];
    if (nearest(word, ['limitation']) === undefined) return [];
    return [
      {
        rule: 'misspelt-limitation-tag',
        message: `the tag ${name} is no ${PREFIX}<id>: it means nothing`,
        at: place,
        help: [`did you mean ${PREFIX}${rest === '' ? '<id>' : rest}?`],
      },
    ];
  });
}

/** Limitations that no scenario has. Only all features of a project can tell. */
export function unusedLimitations(
  features: readonly LintedFeature[],
  declared: readonly DeclaredLimitation[],
): Diagnostic[] {
  const used = new Set(features.flatMap((feature) => tagsOf(feature).map(({ name }) => name)));
  return declared
    .filter(({ id, needsScenario }) => needsScenario && !used.has(`${PREFIX}${id}`))
    .map(({ id, at }) => ({
      rule: 'unused-limitation',
      message: `no scenario has the limitation "${id}"`,
      at,
      help: [`tag the scenario that it is about with ${PREFIX}${id}, or remove the file`],
    }));
}

function unknown(id: string, ids: readonly string[]): Pick<Diagnostic, 'message' | 'help'> {
  if (id === '') return { message: `the tag ${PREFIX} names no limitation`, help: [listOf(ids)] };
  const meant = nearest(id, ids);
  return {
    message: `there is no limitation "${id}"`,
    help: [meant === undefined ? listOf(ids) : `did you mean ${PREFIX}${meant}?`],
  };
}

function listOf(ids: readonly string[]): string {
  if (ids.length === 0) return 'a limitation is declared in features/limitations/<id>.yaml; there is none yet';
  return `the limitations are ${ids.join(', ')}`;
}

function tagsOf({ feature }: LintedFeature): CompiledTag[] {
  const scenarios = [...feature.scenarios, ...feature.rules.flatMap((rule) => rule.scenarios)];
  return [
    ...feature.tags,
    ...feature.rules.flatMap((rule) => rule.tags),
    ...scenarios.flatMap(({ tags, examples }) => [...tags, ...examples.flatMap((block) => block.tags)]),
  ];
}
