import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertReturns, conversionVocabulary, type Vocabulary, yamlToGherkin } from '../language/convert.js';
import { parseGherkin } from '../language/gherkin/parse.js';
import { pickleDifference } from '../language/gherkin/pickle-difference.js';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { declaredSteps } from '../language/step.js';
import { isYamlFeature } from '../language/yaml/feature-path.js';
import { loadSteps } from './load-steps.js';
import { PACKAGE_ROOT } from './project.js';

const FEATURES = join(PACKAGE_ROOT, 'features');
const TWINS = join(PACKAGE_ROOT, 'examples', 'twins');

const below = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
const features = below(FEATURES, '.feature');

const yamlFeatures = below(FEATURES, '.yaml').filter((name) => isYamlFeature(join(FEATURES, name)));

before(() => loadSteps(PACKAGE_ROOT));

for (const feature of features) {
  const name = feature.replace(/feature$/, 'yaml');
  test(`${feature} has a twin in YAML that compiles to the same scenarios`, () => {
    const file = join(TWINS, name);
    assert.ok(existsSync(file), `write it: mirrorspec compile --to yaml features/${feature} --out examples/twins`);
    const { pickles } = parseGherkin(readFileSync(join(FEATURES, feature), 'utf8'), feature);
    const { features: twins, mistakes } = yamlToGherkin(readFileSync(file), name, vocabulary());
    assert.deepEqual(mistakes, []);
    const twin = twins.flatMap((each) => each.pickles);
    assert.equal(pickleDifference(pickles, twin), undefined);
    assert.ok(twin.length > 0);
  });
}

for (const name of yamlFeatures) {
  test(`${name} becomes Gherkin, and YAML of the same scenarios again`, () => {
    const { features: written, mistakes } = yamlToGherkin(readFileSync(join(FEATURES, name)), name, vocabulary());
    assert.deepEqual(mistakes, []);
    assert.ok(written.length > 0);
    for (const feature of written) assertReturns(feature, name, vocabulary());
  });
}

test('every twin has its feature', () => {
  assert.deepEqual(below(TWINS, '.yaml').sort(), features.map((feature) => feature.replace(/feature$/, 'yaml')).sort());
  assert.ok(features.length > 0);
});

/** Steps are known only once they are loaded. */
function vocabulary(): Vocabulary {
  return conversionVocabulary(declaredSteps(), declaredParameterTypes());
}
