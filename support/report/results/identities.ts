import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type FeatureText, GENERATED_FEATURE, type ScenarioResult } from '../../model/results.js';
import type { GherkinDocument, Pickle } from '../messages.js';
import { type Declaration, featureText, projectPath } from './feature-text.js';

/** What a scenario is, whatever became of it. */
export type Identity = Pick<
  ScenarioResult,
  'id' | 'uri' | 'declaration' | 'feature' | 'rule' | 'name' | 'outline' | 'example' | 'language' | 'tags'
> & {
  /** Position among all scenarios that were read. */
  readonly order: number;
};

/** Gives every scenario an id that is the same in every run, whatever else is run, and however lines move. */
export class Identities {
  readonly #features = new Map<
    string,
    { readonly text: FeatureText; readonly declarations: ReadonlyMap<string, Declaration>; readonly generated: boolean }
  >();
  readonly #identities = new Map<string, Identity>();
  readonly #occurrences = new Map<string, number>();

  get features(): readonly FeatureText[] {
    return [...this.#features.values()].map(({ text }) => text);
  }

  recordDocument(document: GherkinDocument, source: string | undefined): void {
    const feature = featureText(document, source);
    if (feature === undefined) return;
    const generated = source?.startsWith(GENERATED_FEATURE) === true;
    this.#features.set(feature.text.uri, { ...feature, generated });
  }

  recordPickle(pickle: Pickle): void {
    const uri = projectPath(pickle.uri);
    const feature = this.#features.get(uri);
    const [scenario = '', row] = pickle.astNodeIds;
    const declaration = feature?.declarations.get(scenario);
    const example = row === undefined ? undefined : declaration?.rows.get(row);
    const { rule } = declaration ?? {};
    const place = feature?.generated === true ? basename(uri) : uri;
    const key = JSON.stringify([place, rule ?? null, declaration?.name ?? pickle.name, example ?? null]);
    const occurrence = (this.#occurrences.get(key) ?? 0) + 1;
    this.#occurrences.set(key, occurrence);
    this.#identities.set(pickle.id, {
      id: idOf(pickle.name, `${key}${occurrence === 1 ? '' : `#${occurrence}`}`),
      uri,
      declaration: declaration?.number ?? 0,
      feature: feature?.text.name ?? '',
      ...(rule === undefined ? {} : { rule }),
      name: pickle.name,
      ...(example === undefined || declaration === undefined ? {} : { outline: declaration.name, example }),
      language: feature?.text.language ?? 'gherkin',
      tags: pickle.tags.map(({ name }) => name),
      order: this.#identities.size,
    });
  }

  of(pickleId: string): Identity | undefined {
    return this.#identities.get(pickleId);
  }
}

/** Readable, and unique by what `key` says: `a-http-2-call-is-mirrored-1f9b20c3`. */
function idOf(name: string, key: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-|-$/g, '');
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 10);
  return slug === '' ? `scenario-${digest}` : `${slug}-${digest}`;
}
