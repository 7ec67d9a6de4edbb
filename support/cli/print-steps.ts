import {
  type CatalogueFormat,
  catalogueOf,
  isEmptyCatalogue,
  renderCatalogue,
  searchCatalogue,
} from '../language/catalogue.js';
import { stepLibraryOf } from '../language/check.js';
import { checkExamples, checkFaceExamples } from '../language/check-examples.js';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { readProject } from '../language/settings/index.js';
import { declaredSteps } from '../language/step.js';
import { featureSchema } from '../language/yaml/feature-schema.js';
import { UserError } from '../model/errors.js';
import { InvalidInput } from './invalid-input.js';
import { loadSteps } from './load-steps.js';

/**
 * The catalogue of the steps that features in `cwd` can use; or the schema of YAML features that use them.
 * @throws {InvalidInput} where the project's configuration, which names the folders of its steps, is mistaken.
 */
export async function printSteps(
  cwd: string,
  words: readonly string[],
  format: CatalogueFormat | 'schema',
): Promise<string> {
  const { mistakes } = await readProject(cwd);
  if (mistakes.length > 0) throw new InvalidInput(mistakes);
  await loadSteps(cwd);
  if (format === 'schema') {
    const schema = featureSchema(declaredSteps(), declaredParameterTypes());
    return `${JSON.stringify(schema, undefined, 2)}\n`;
  }
  const query = words.join(' ');
  const found = searchCatalogue(catalogueOf(declaredSteps(), declaredParameterTypes()), query);
  if (words.length > 0 && isEmptyCatalogue(found)) {
    throw new UserError(`no step contains "${query}"; \`mirrorspec steps\` lists all of them`);
  }
  return renderCatalogue(found, format, cwd);
}

/** What is wrong with the examples of the steps that features in `cwd` can use. */
export async function wrongExamples(cwd: string): Promise<readonly string[]> {
  const library = stepLibraryOf(await loadSteps(cwd));
  return [
    ...checkExamples(declaredSteps(), library.stepDefinitions),
    ...checkFaceExamples(declaredSteps(), declaredParameterTypes(), library.stepDefinitions),
  ];
}
