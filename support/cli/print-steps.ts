import {
  type CatalogueFormat,
  catalogueOf,
  isEmptyCatalogue,
  renderCatalogue,
  searchCatalogue,
} from '../language/catalogue.js';
import { nothingFound } from '../language/catalogue-suggestions.js';
import { stepLibraryOf } from '../language/check.js';
import { checkExamples, checkFaceExamples } from '../language/check-examples.js';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { readProject } from '../language/settings/index.js';
import { declaredSteps } from '../language/step.js';
import { UserError } from '../model/errors.js';
import { InvalidInput } from './invalid-input.js';
import { loadSteps } from './load-steps.js';

/**
 * The catalogue of the steps that features in `cwd` can use.
 * @throws {InvalidInput} where the project's configuration, which names the folders of its steps, is mistaken.
 */
export async function printSteps(cwd: string, words: readonly string[], format: CatalogueFormat): Promise<string> {
  const { mistakes } = await readProject(cwd);
  if (mistakes.length > 0) throw new InvalidInput(mistakes);
  await loadSteps(cwd);
  const catalogue = catalogueOf(declaredSteps(), declaredParameterTypes());
  const found = searchCatalogue(catalogue, words.join(' '));
  if (words.length > 0 && isEmptyCatalogue(found)) throw new UserError(nothingFound(catalogue, words));
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
