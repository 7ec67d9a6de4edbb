import type { Gate } from '../../model/gate.js';
import { LIMITATION_TAG as PREFIX } from '../../model/limitation.js';
import { nearest } from '../../model/nearest.js';
import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import type { CompiledTag } from '../yaml/feature.js';
import type { LintedFeature } from './linted.js';

/** A known limitation: its id and the file that declares it. */
export interface DeclaredLimitation {
  readonly id: string;
  readonly at: SourcePlace;
  /** Whether a scenario of this project is to show it: not what only a cluster shows, nor what has no verdict. */
  readonly needsScenario: boolean;
  /** Whether it says which verdict is expected. Without one a scenario cannot be tagged with it. */
  readonly expectsVerdict: boolean;
}

/** Tags that name a limitation which nobody declares, and tags that were meant to name one. */
export function checkLimitationTags(feature: LintedFeature, declared: readonly DeclaredLimitation[]): Diagnostic[] {
  return tagsOf(feature).flatMap(({ name, at }) => {
    const place = feature.place(at);
    const mistake = limitationMistake(name, declared);
    if (mistake !== undefined) return [{ ...mistake, at: place }];
    if (name.startsWith(PREFIX)) return [];
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

/** A scenario, or an outline with all its rows, that is tagged with a limitation. */
export interface TaggedScenario {
  readonly name: string;
  readonly at: SourcePlace;
}

/** The scenarios that have the tag of a limitation, their own or one that stands above them. */
export function scenariosTagged(features: readonly LintedFeature[], id: string): readonly TaggedScenario[] {
  const has = (tags: readonly CompiledTag[]): boolean => tags.some(({ name }) => name === `${PREFIX}${id}`);
  return features.flatMap((linted) => {
    const { feature, place } = linted;
    const scopes = [{ tags: [], scenarios: feature.scenarios }, ...feature.rules];
    return scopes.flatMap(({ tags, scenarios }) =>
      scenarios
        .filter(
          (scenario) =>
            has(feature.tags) || has(tags) || has(scenario.tags) || scenario.examples.some((block) => has(block.tags)),
        )
        .map(({ name, at }) => ({ name, at: place.call(linted, at) })),
    );
  });
}

/** What is wrong with a tag that begins as those of limitations do. */
export function limitationMistake(
  tag: string,
  declared: readonly Pick<DeclaredLimitation, 'id' | 'expectsVerdict'>[],
): Omit<Diagnostic, 'at'> | undefined {
  if (!tag.startsWith(PREFIX)) return undefined;
  const id = tag.slice(PREFIX.length);
  const limitation = declared.find((each) => each.id === id);
  if (limitation === undefined) {
    const ids = declared.filter(({ expectsVerdict }) => expectsVerdict).map((each) => each.id);
    return { rule: 'unknown-limitation', ...unknown(id, ids) };
  }
  if (limitation.expectsVerdict) return undefined;
  return {
    rule: 'limitation-without-verdict',
    message: `the limitation "${id}" does not say which verdict is expected: the tag means nothing`,
    help: ['add "expect" to it, for example: expect: { verdict: not-mirrored }'],
  };
}

/** Limitations that a gate lets show and nobody declares: they would never show, and what was meant may not. */
export function unknownAllowances(
  { file, allowLimitations }: Pick<Gate, 'file' | 'allowLimitations'>,
  declared: readonly Pick<DeclaredLimitation, 'id'>[],
): Diagnostic[] {
  const ids = declared.map(({ id }) => id);
  return (allowLimitations?.allowed ?? [])
    .filter(({ id }) => !ids.includes(id))
    .map(({ id, line }) => {
      const { message, help = [] } = unknown(id, ids);
      return {
        rule: 'unknown-limitation',
        message,
        at: { file, line },
        help: help.map((words) => words.replace(PREFIX, '')),
      };
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
