import { LIMITATION_TAG, type Limitation } from '../model/limitation.js';
import type { Diagnostic, SourcePlace } from './diagnostic.js';
import { limitationMistake } from './lint/limitations.js';
import type { GherkinDocument, Plan } from './plan.js';
import { placeIn } from './source-text.js';
import { fileOfUri } from './yaml/feature-path.js';

type AstTag = NonNullable<GherkinDocument['feature']>['tags'][number];

/** Whether any of the selected scenarios has a known limitation, or claims to. */
export function namesLimitations({ selected }: Plan): boolean {
  return selected.some(({ pickle }) => pickle.tags.some(({ name }) => name.startsWith(LIMITATION_TAG)));
}

/** Tags of the selected scenarios that name no limitation, or one that no scenario can be tagged with; each once. */
export function checkLimitations(plan: Plan, declared: Iterable<Limitation>): Diagnostic[] {
  const known = [...declared].map(({ id, expect }) => ({ id, expectsVerdict: expect !== undefined }));
  const mistakes = new Map<string, Diagnostic>();
  for (const { pickle, gherkinDocument } of plan.selected) {
    for (const { name, astNodeId } of pickle.tags) {
      if (mistakes.has(astNodeId)) continue;
      const mistake = limitationMistake(name, known);
      if (mistake === undefined) continue;
      const tag = tagsOf(gherkinDocument).find(({ id }) => id === astNodeId);
      mistakes.set(astNodeId, { ...mistake, at: placeOf(plan, pickle.uri, tag) });
    }
  }
  return [...mistakes.values()];
}

function placeOf(plan: Plan, uri: string, tag: AstTag | undefined): SourcePlace {
  if (tag === undefined) return { file: fileOfUri(uri), line: 1 };
  const { line, column = 1 } = tag.location;
  const length = plan.yamlPlaceOf(tag.location)?.length ?? tag.name.length;
  return placeIn(plan.sources.get(uri), fileOfUri(uri), line, column, length);
}

function tagsOf({ feature }: GherkinDocument): readonly AstTag[] {
  const children = feature?.children ?? [];
  const scenarios = children.flatMap(({ scenario, rule }) => [
    scenario,
    ...(rule?.children ?? []).map((child) => child.scenario),
  ]);
  return [
    ...(feature?.tags ?? []),
    ...children.flatMap(({ rule }) => rule?.tags ?? []),
    ...scenarios.flatMap((scenario) => [
      ...(scenario?.tags ?? []),
      ...(scenario?.examples ?? []).flatMap(({ tags }) => tags),
    ]),
  ];
}
