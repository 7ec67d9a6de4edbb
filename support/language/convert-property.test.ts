import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertReturns, gherkinToYaml, yamlToGherkin } from './convert.js';
import { parseGherkin } from './gherkin/parse.js';
import { pickleDifference } from './gherkin/pickle-difference.js';
import { anyGherkin } from './gherkin/testing/gherkin-arbitrary.js';
import { cats } from './testing/vocabulary.js';
import { anyFeature, marked, yamlOf } from './yaml/testing/feature-arbitrary.js';

const numRuns = Number(process.env.MIRRORSPEC_PROPERTY_RUNS ?? 100);

test('any feature in Gherkin becomes YAML that compiles to the same scenarios', () => {
  fc.assert(
    fc.property(anyGherkin, (gherkin) => {
      const before = parseGherkin(gherkin, 'a.feature');
      fc.pre(before.mistakes.length === 0);
      const { features, mistakes } = gherkinToYaml(gherkin, 'a.feature', cats);
      assert.deepEqual(mistakes, []);
      const back = yamlToGherkin(Buffer.from(features[0]?.text ?? ''), 'a.yaml', cats);
      assert.deepEqual(back.mistakes, []);
      assert.equal(back.features.length, 1);
      const after = parseGherkin(back.features[0]?.text ?? '', 'a.feature');
      assert.equal(pickleDifference(before.pickles, after.pickles), undefined);
    }),
    { numRuns },
  );
});

test('any feature in YAML becomes Gherkin that becomes YAML of the same scenarios', () => {
  fc.assert(
    fc.property(anyFeature, fc.infiniteStream(fc.nat()), (model, styles) => {
      const yaml = yamlOf(marked(model), () => styles.next().value);
      const { features, mistakes } = yamlToGherkin(Buffer.from(yaml), 'a.yaml', cats);
      fc.pre(mistakes.length === 0);
      assert.equal(features.length, 1);
      for (const feature of features) assertReturns(feature, 'a.yaml', cats);
    }),
    { numRuns },
  );
});

test('a feature with lines that are doubled or missing means the same in YAML, or is refused at a place of its own', () => {
  let refused = 0;
  const anyWrong = fc.tuple(anyGherkin, fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: 4 }));
  fc.assert(
    fc.property(anyWrong, ([gherkin, changes]) => {
      const lines = gherkin.split('\n');
      for (const [at, doubled] of changes) {
        const index = at % lines.length;
        lines.splice(index, doubled ? 0 : 1, ...(doubled ? [lines[index] ?? ''] : []));
      }
      // Throws where the meaning would be another.
      const { features, mistakes } = gherkinToYaml(lines.join('\n'), 'a.feature', cats);
      assert.equal(features.length, mistakes.length === 0 ? 1 : 0);
      if (mistakes.length > 0) refused++;
      // The end of the file, where something may be missing, is the line below the last.
      for (const { at } of mistakes) assert.ok(at !== undefined && at.line >= 1 && at.line <= lines.length + 1);
    }),
    { numRuns },
  );
  assert.ok(refused > 0, 'nothing was refused');
});
