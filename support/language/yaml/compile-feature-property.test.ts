import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Pickle, parseGherkin } from '../gherkin/parse.js';
import type { YamlPlace } from './node.js';
import { renderGherkin } from './render-gherkin.js';
import { tidyDescription } from './render-gherkin-text.js';
import {
  anyFeature,
  type Container,
  expectedPickles,
  marked,
  type Scenario,
  tablesOf,
  yamlOf,
} from './testing/feature-arbitrary.js';
import { compileText } from './testing/feature-compilation.js';

type Document = NonNullable<ReturnType<typeof parseGherkin>['document']>;
type Child = NonNullable<Document['feature']>['children'][number];
type Part = Pick<NonNullable<Document['feature']>, 'name' | 'description' | 'location' | 'tags' | 'children'>;

test('any feature in YAML compiles to Gherkin that parses to the same scenarios, each at its place in the YAML', () => {
  fc.assert(
    fc.property(anyFeature, fc.infiniteStream(fc.nat()), (model, styles) => {
      const wanted = marked(model);
      const text = yamlOf(wanted, () => styles.next().value);
      const { feature, mistakes } = compileText(text);
      assert.deepEqual(mistakes, [], text);
      assert.ok(feature !== undefined);
      const rendered = renderGherkin(feature);
      const parsed = parseGherkin(rendered.text, 'a.feature');
      assert.deepEqual(parsed.mistakes, [], rendered.text);
      assert.deepEqual(parsed.pickles.map(pickleData), expectedPickles(wanted), rendered.text);

      const root = parsed.document?.feature;
      assert.ok(root !== undefined && root !== null);
      assert.equal(root.language, wanted.language);
      const at = (line: number): YamlPlace => rendered.places.get(line) ?? { line: 0, column: 0, length: 0 };
      checkContainer(wanted, root, placesIn(text, at));
      const rules = root.children.flatMap(({ rule }) => rule ?? []);
      assert.equal(rules.length, wanted.rules.length);
      for (const [index, rule] of wanted.rules.entries()) {
        const part = rules[index];
        assert.ok(part !== undefined);
        checkContainer(rule, part, placesIn(text, at));
      }
    }),
    { numRuns: 100, includeErrorInReport: true },
  );
});

function pickleData({ name, tags, steps }: Pickle): unknown {
  return [
    name,
    tags.map((each) => each.name),
    steps.map(({ text, argument }) => [
      text,
      argument?.dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value)) ??
        (argument?.docString === undefined ? undefined : [argument.docString.content, argument.docString.mediaType]),
    ]),
  ];
}

/** What stands in the YAML at the place to which a line of Gherkin leads. */
interface Places {
  /** The text that the place marks, without quotes. */
  word(line: number): string;
  /** The first mark from the place on: that of the name, step or value that stands there. */
  mark(line: number): string | undefined;
}

function placesIn(text: string, at: (line: number) => YamlPlace): Places {
  const lines = text.split('\n');
  const from = (place: YamlPlace): string =>
    lines
      .slice(place.line - 1)
      .join('\n')
      .slice(place.column - 1);
  return {
    word: (line) =>
      from(at(line))
        .slice(0, at(line).length)
        .replace(/^["']|["']$/g, ''),
    mark: (line) => from(at(line)).match(/m\d+m/)?.[0],
  };
}

function checkContainer(wanted: Container, found: Part, places: Places): void {
  checkTitle(wanted, found, places);
  assert.deepEqual(
    found.tags.map(({ location }) => places.word(location.line)),
    wanted.tags,
  );
  const parts = found.children.filter(({ rule }) => rule === undefined);
  const models = [...(wanted.background === undefined ? [] : [wanted.background]), ...wanted.scenarios];
  assert.equal(parts.length, models.length);
  for (const [index, model] of models.entries()) checkScenario(model, parts[index], places);
}

function checkTitle(wanted: Scenario | Container, found: Omit<Part, 'tags' | 'children'>, places: Places): void {
  assert.equal(found.name, wanted.name);
  assert.equal(found.description, tidyDescription(wanted.description));
  assert.equal(places.mark(found.location.line), markOf(wanted.name));
}

function checkScenario(wanted: Scenario, child: Child | undefined, places: Places): void {
  const found = child?.background ?? child?.scenario;
  assert.ok(found !== undefined);
  checkTitle(wanted, found, places);
  const steps = wanted.sections.flatMap(([, all]) => all);
  assert.equal(found.steps.length, steps.length);
  for (const [index, { location, dataTable, docString }] of found.steps.entries()) {
    assert.equal(places.word(location.line), 'step');
    const below = dataTable?.rows.map((row) => row.location) ?? (docString === undefined ? [] : [docString.location]);
    for (const { line } of [location, ...below]) assert.equal(places.mark(line), markOf(steps[index]?.text));
  }
  const tables = child?.scenario?.examples ?? [];
  const wantedTables = tablesOf(wanted);
  assert.equal(tables.length, wantedTables.length);
  for (const [index, { name, description, tableBody }] of tables.entries()) {
    assert.deepEqual(
      [name, description],
      [wantedTables[index]?.name, tidyDescription(wantedTables[index]?.description ?? '')],
    );
    const isMatrix = wanted.matrix.length > 0 && index === 0;
    for (const [r, row] of tableBody.entries()) {
      // A cell stands at the value of the first axis that has one value on a line; where no axis has, at `matrix`.
      const marks = wantedTables[index]?.rows[r]?.map(markOf) ?? [];
      const mark = places.mark(row.location.line);
      if (!isMatrix) assert.equal(mark, marks[0]);
      else assert.ok(marks.includes(mark) || places.word(row.location.line) === 'matrix');
    }
  }
}

function markOf(text: string | undefined): string | undefined {
  return text?.match(/m\d+m/g)?.at(-1);
}
