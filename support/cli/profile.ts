/**
 * A profile for plain cucumber-js, for the `cucumber.js` of a project: the package's World and steps, the project's own steps as
 * `mirrorspec run` finds them, and the plugin.
 */
import { resolve } from 'node:path';
import type { IConfiguration } from '@cucumber/cucumber/api';
import { readProject } from '../language/settings/index.js';
import { InvalidInput } from './invalid-input.js';
import { escapeGlob, ownModule, ownStepModules } from './project.js';
import { isTypeScript, stepFiles } from './step-files.js';
import { typeScriptLoaders } from './typescript.js';

const cwd = process.cwd();
const { config, mistakes } = await readProject(cwd);
if (mistakes.length > 0) throw new InvalidInput(mistakes);
const files = stepFiles(
  config.steps.map((folder) => resolve(cwd, folder)),
  cwd,
);

const profile: Partial<IConfiguration> = {
  import: [...ownStepModules(), ...files.map(escapeGlob)],
  loader: files.some(isTypeScript) ? typeScriptLoaders() : [],
  plugin: [ownModule('support/language/plugin.js')],
};

export default profile;
