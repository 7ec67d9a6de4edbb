import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { yamlToGherkin } from '../language/convert.js';
import { parseGherkin } from '../language/gherkin/parse.js';
import { pickleDifference } from '../language/gherkin/pickle-difference.js';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { declaredSteps } from '../language/step.js';
import { featureFileCompiler } from '../language/yaml/compile-feature-file.js';
import { loadSteps } from './load-steps.js';
import { PACKAGE_ROOT } from './project.js';

const FEATURES = join(PACKAGE_ROOT, 'features');
const TWINS = join(PACKAGE_ROOT, 'examples', 'twins');

const below = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending));
const features = below(FEATURES, '.feature');

before(() => loadSteps(PACKAGE_ROOT));

for (const feature of features) {
  const name = feature.replace(/feature$/, 'yaml');
  test(`${feature} has a twin in YAML that compiles to the same scenarios`, () => {
    const file = join(TWINS, name);
    assert.ok(existsSync(file), `write it: mirrorspec compile --to yaml features/${feature} --out examples/twins`);
    const { pickles } = parseGherkin(readFileSync(join(FEATURES, feature), 'utf8'), feature);
    const compileFile = featureFileCompiler(declaredSteps(), declaredParameterTypes());
    const { features: twins, mistakes } = yamlToGherkin(readFileSync(file), name, { compileFile });
    assert.deepEqual(mistakes, []);
    const twin = twins.flatMap((each) => each.pickles);
    assert.equal(pickleDifference(pickles, twin), undefined);
    assert.ok(twin.length > 0);
  });
}

test('every twin has its feature', () => {
  assert.deepEqual(below(TWINS, '.yaml').sort(), features.map((feature) => feature.replace(/feature$/, 'yaml')).sort());
  assert.ok(features.length > 0);
});
