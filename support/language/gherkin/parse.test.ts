import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseGherkin } from './parse.js';

test('a feature is read with its pickles', () => {
  const { document, pickles, mistakes } = parseGherkin(
    `# language: de
@smoke
Funktionalität: Katzen
  Szenariogrundriss: <n> Katzen
    Angenommen <n> Katzen
    Beispiele:
      | n |
      | 1 |
      | 2 |
`,
    'features/cats.feature',
  );
  assert.equal(document?.feature?.name, 'Katzen');
  assert.deepEqual(
    pickles.map(({ name, language, tags, steps, uri }) => [
      name,
      language,
      uri,
      tags.map((tag) => tag.name),
      steps.map(({ text, type }) => [text, type]),
    ]),
    [
      ['1 Katzen', 'de', 'features/cats.feature', ['@smoke'], [['1 Katzen', 'Context']]],
      ['2 Katzen', 'de', 'features/cats.feature', ['@smoke'], [['2 Katzen', 'Context']]],
    ],
  );
  assert.deepEqual(mistakes, []);
});

test('every mistake is reported at its place, and there is no document then', () => {
  const text = 'Feature: a\n  Scenario: b\n    Given c\n    Gven d\n    Given e\n      | 1 |\n      | 1 | 2 |\n';
  const { document, pickles, mistakes } = parseGherkin(text, 'a.feature');
  assert.equal(document, undefined);
  assert.deepEqual(pickles, []);
  assert.deepEqual(
    mistakes.map(({ message, at }) => [message, at?.line, at?.column, at?.source]),
    [
      ['unexpected "Gven d"', 4, 5, '    Gven d'],
      ['inconsistent cell count within the table', 7, 7, '      | 1 | 2 |'],
    ],
  );
});

test('a file without a feature is no mistake', () => {
  const { document, mistakes } = parseGherkin('# nothing yet\n', 'a.feature');
  assert.equal(document?.feature, undefined);
  assert.equal(document?.comments.length, 1);
  assert.deepEqual(mistakes, []);
});

test('Markdown with Gherkin is read by its ending', () => {
  const { document, pickles } = parseGherkin(
    '# Feature: a\n\nProse.\n\n## Scenario: b\n\n* Given c\n* When d\n',
    'a.feature.md',
  );
  assert.equal(document?.feature?.name, 'a');
  assert.deepEqual(
    pickles[0]?.steps.map(({ text }) => text),
    ['c', 'd'],
  );
});
