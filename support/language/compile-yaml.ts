import { declaredParameterTypes } from './parameter-type.js';
import { declaredSteps } from './step.js';
import { featureFileCompiler } from './yaml/compile-feature-file.js';
import { compileSources, type FeatureSources } from './yaml/feature-sources.js';

export { temporaryFolder } from './yaml/feature-sources.js';

/** Compiles YAML features with the steps that are declared by now. */
export function compileYaml(files: readonly string[], cwd: string, folder: string): FeatureSources {
  return compileSources(files, cwd, folder, featureFileCompiler(declaredSteps(), declaredParameterTypes()));
}
