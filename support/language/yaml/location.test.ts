import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gherkinLibrary } from '../gherkin/library.js';
import type { Envelope } from '../plan.js';
import { relocator } from './location.js';
import { renderGherkin } from './render-gherkin.js';
import { compileText } from './testing/feature-compilation.js';

const YAML = `feature: f
tags: [a]
background:
  given: [step: b]
scenarios:
  - scenario: s <n>
    examples:
      - n: 1
      - n: 2
    when:
      - step: { text: w <n>, table: [[x]] }
rules:
  - rule: r
    scenarios:
      - scenario: t
        then:
          - step: { text: v, doc: d }
`;

function messages(): Envelope[] {
  const { feature } = compileText(YAML);
  assert.ok(feature !== undefined);
  const { text, places } = renderGherkin(feature);
  let id = 0;
  const envelopes = gherkinLibrary().generateMessages(text, 'tmp/1.feature', 'text/x.cucumber.gherkin+plain', {
    newId: () => String(id++),
    includeSource: true,
    includeGherkinDocument: true,
    includePickles: true,
  });
  const source = { uri: 'features/./a.yaml', text: YAML, places };
  const { relocate, placeOf } = relocator((uri) => (uri === 'tmp/1.feature' ? source : undefined));
  for (const envelope of envelopes) relocate(envelope);
  // A second time nothing is left to change, although a line of the YAML may be one of the Gherkin, too.
  const once = JSON.stringify(envelopes);
  for (const envelope of envelopes) relocate(envelope);
  assert.equal(JSON.stringify(envelopes), once);
  const location = envelopes.find(({ gherkinDocument }) => gherkinDocument)?.gherkinDocument?.feature?.location;
  assert.deepEqual(placeOf(location ?? {}), { line: 1, column: 1, length: 7 });
  return [...envelopes];
}

test('every message speaks of the YAML, in every part', () => {
  const envelopes = messages();
  const text = JSON.stringify(envelopes);
  assert.ok(!text.includes('tmp/1.feature'));
  const source = envelopes.find((envelope) => envelope.source)?.source;
  assert.deepEqual([source?.uri, source?.data], ['features/./a.yaml', YAML]);

  const found: string[] = [];
  const walk = (node: unknown, name: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'location') found.push(`${name} ${value.line}:${value.column}`);
      else walk(value, /^\d+$/.test(key) ? name : key);
    }
  };
  walk(envelopes.find((envelope) => envelope.gherkinDocument)?.gherkinDocument?.feature, 'feature');
  assert.deepEqual([...new Set(found)].sort(), [
    'background 3:1',
    'cells 11:9',
    'cells 7:5',
    'cells 8:9',
    'cells 9:9',
    'dataTable 11:9',
    'docString 17:13',
    'examples 7:5',
    'feature 1:1',
    'rows 11:9',
    'rule 13:5',
    'scenario 15:9',
    'scenario 6:5',
    'steps 11:9',
    'steps 17:13',
    'steps 4:11',
    'tableBody 8:9',
    'tableBody 9:9',
    'tableHeader 7:5',
    'tags 2:8',
  ]);
  assert.deepEqual(
    envelopes.flatMap(({ pickle }) => (pickle === undefined ? [] : [[pickle.name, pickle.location?.line]])),
    [
      ['s 1', 8],
      ['s 2', 9],
      ['t', 15],
    ],
  );
});
