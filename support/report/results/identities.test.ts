import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GENERATED_FEATURE } from '../../model/results.js';
import type { GherkinDocument, Pickle } from '../messages.js';
import { Identities } from './identities.js';

/** The id of one and the same scenario in a file. */
function idIn(uri: string, source: string): string | undefined {
  const identities = new Identities();
  const feature = { keyword: 'Feature', name: 'f', language: 'en', description: '', tags: [], location: { line: 1 } };
  identities.recordDocument({ uri, feature: { ...feature, children: [] } } as unknown as GherkinDocument, source);
  identities.recordPickle({ id: 'p', uri, name: 'a cell', astNodeIds: ['s'], tags: [] } as unknown as Pickle);
  return identities.of('p')?.id;
}

it('a scenario of a generated feature is the same one in every folder, any other is not', () => {
  const generated = `${GENERATED_FEATURE}\nfeature: f\n`;
  assert.ok(idIn('old/matrix.yaml', generated));
  assert.equal(idIn('old/matrix.yaml', generated), idIn('/tmp/new/matrix.yaml', generated));
  assert.notEqual(idIn('old/matrix.yaml', 'feature: f'), idIn('new/matrix.yaml', 'feature: f'));
});
