import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stepLibraryOf, undeclaredTypes } from '../language/check.js';
import { type Diagnostic, sortDiagnostics } from '../language/diagnostic.js';
import { type DeclaredLimitation, unknownAllowances } from '../language/lint/limitations.js';
import { lintFeatures } from '../language/lint/lint.js';
import { type LintedFeature, scenarioCount } from '../language/lint/linted.js';
import type { LintReport } from '../language/lint/report.js';
import { stepMatcher } from '../language/match-steps.js';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { type ProjectConfig, readProject } from '../language/settings/project.js';
import { PROJECT_FILE } from '../language/settings/project-schema.js';
import { declaredSteps } from '../language/step.js';
import type { FeatureFileCompiler } from '../language/yaml/compile-feature-file.js';
import { InvalidInput } from './invalid-input.js';
import { type FileKind, type FoundFiles, findFiles, type ProjectFile } from './lint-files.js';
import { beginReading, type StepsToLint } from './lint-reading.js';
import { loadSteps } from './load-steps.js';

/**
 * Checks files and folders, or the whole project in `cwd` where none are given. Finds everything at once: a mistake in one
 * file, or in the project's steps, hides no other.
 */
export async function lintProject(cwd: string, paths: readonly string[]): Promise<LintReport> {
  const wholeProject = paths.length === 0;
  const { config, mistakes: ofConfig } = await readProject(cwd);
  const found = findProjectFiles(cwd, paths, config);
  const files = (...kinds: readonly FileKind[]): ProjectFile[] =>
    found.files.filter(({ kind }) => kinds.includes(kind));
  const features = files('gherkin', 'yaml-feature');
  const reading = await beginReading(features);
  const known = await knownSteps(cwd);
  const limitations = await knownLimitations(config, cwd);
  const settings = await settingsMistakes(files('environment', 'gate', 'project'), {
    cwd,
    config,
    limitations: limitations.declared,
  });
  const read = await reading.finish(known.steps);
  const readFiles = new Set(read.features.map(({ file }) => file));
  const context = {
    steps: known.steps,
    limitations: limitations.declared,
    wholeProject: wholeProject && features.every(({ name }) => readFiles.has(name)),
  };
  const mistakes = [
    ...found.mistakes,
    ...(wholeProject || files('project').length > 0 ? ofConfig : []),
    ...(features.length > 0 ? known.mistakes : []),
    ...(wholeProject || files('limitation').length > 0 ? limitations.mistakes : []),
    ...settings,
    ...read.mistakes,
    ...lintFeatures(read.features, context),
  ];
  return {
    mistakes: distinct(sortDiagnostics(mistakes)),
    totals: {
      files: found.files.length,
      features: read.features.length,
      scenarios: read.features.reduce((sum, feature) => sum + scenarioCount(feature), 0),
    },
  };
}

/** The features of the project in `cwd`, as far as they can be read; mistakes in them are for lint to tell. */
export async function projectFeatures(cwd: string, config: ProjectConfig): Promise<readonly LintedFeature[]> {
  const files = findProjectFiles(cwd, [], config).files.filter(({ kind }) => /gherkin|yaml-feature/.test(kind));
  const reading = await beginReading(files);
  return (await reading.finish((await knownSteps(cwd)).steps)).features;
}

function findProjectFiles(cwd: string, paths: readonly string[], { features }: ProjectConfig): FoundFiles {
  if (paths.length > 0) {
    const found = findFiles(paths, cwd);
    return found.files.length > 0 || found.mistakes.length > 0 ? found : { files: [], mistakes: [nothingFound(paths)] };
  }
  const project = existsSync(join(cwd, PROJECT_FILE)) ? [PROJECT_FILE] : [];
  const found = findFiles([...features, ...project], cwd);
  const empty = found.files.every(({ kind }) => kind === 'project') && found.mistakes.length === 0;
  return {
    files: found.files,
    mistakes: empty ? [nothingFound(features)] : found.mistakes.map((mistake) => ({ ...mistake, help: [NAME_PATHS] })),
  };
}

const NAME_PATHS = 'name what is to be checked: mirrorspec lint <paths...>';

interface Known {
  /** Undefined: the project's steps cannot be loaded. */
  readonly steps: StepsToLint | undefined;
  readonly mistakes: readonly Diagnostic[];
}

async function knownSteps(cwd: string): Promise<Known> {
  try {
    const library = stepLibraryOf(await loadSteps(cwd));
    const undeclared = undeclaredTypes(library);
    if (undeclared.length > 0) return { steps: undefined, mistakes: undeclared };
    const { stepDefinitions: definitions } = library;
    let loading: Promise<FeatureFileCompiler> | undefined;
    const compiler = (): Promise<FeatureFileCompiler> => {
      loading ??= import('../language/yaml/compile-feature-file.js').then(({ featureFileCompiler }) =>
        featureFileCompiler(declaredSteps(), declaredParameterTypes()),
      );
      return loading;
    };
    return { steps: { definitions, matching: stepMatcher(definitions), compiler }, mistakes: [] };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { steps: undefined, mistakes: error.diagnostics.map((mistake) => ({ rule: 'broken-steps', ...mistake })) };
  }
}

/** Which limitations there are; undefined where that cannot be said, because one of them is mistaken. */
async function knownLimitations(
  { features }: ProjectConfig,
  cwd: string,
): Promise<{ readonly declared: readonly DeclaredLimitation[] | undefined; readonly mistakes: readonly Diagnostic[] }> {
  const { projectLimitations } = await import('../language/settings/limitations.js');
  const { limitations, mistakes } = await projectLimitations(cwd, features);
  if (mistakes.length > 0) return { declared: undefined, mistakes };
  const declared = [...limitations.values()].map(({ id, source, needsCluster, noScenario, expect }) => {
    const [, file = source, line = '1'] = /^(.*):(\d+)$/.exec(source) ?? [];
    return {
      id,
      at: { file, line: Number(line) },
      needsScenario: (needsCluster ?? noScenario) === undefined && expect !== undefined,
      expectsVerdict: expect !== undefined,
    };
  });
  return { declared, mistakes: [] };
}

async function settingsMistakes(
  files: readonly ProjectFile[],
  {
    cwd,
    config,
    limitations,
  }: {
    readonly cwd: string;
    readonly config: ProjectConfig;
    readonly limitations: readonly DeclaredLimitation[] | undefined;
  },
): Promise<readonly Diagnostic[]> {
  if (files.length === 0) return [];
  const [{ readGate }, { resolveEnvironment }] = await Promise.all([
    import('../language/settings/gates.js'),
    import('../language/settings/resolve.js'),
  ]);
  const { environment: _, ...rest } = config;
  const found = await Promise.all(
    files.map(async ({ kind, path, name }) => {
      if (kind === 'gate') {
        const { gate, mistakes } = await readGate({ path, shown: name });
        return gate === undefined || limitations === undefined ? mistakes : unknownAllowances(gate, limitations);
      }
      const request =
        kind === 'project'
          ? { cwd, project: config, variables: {} }
          : { cwd, project: { ...rest, set: [] }, variables: {}, name: path };
      return (await resolveEnvironment(request)).mistakes;
    }),
  );
  return found.flat();
}

/** An environment's mistake is found in its file, and again where the project asks for it. */
function distinct(mistakes: readonly Diagnostic[]): Diagnostic[] {
  const known = new Set<string>();
  return mistakes.filter((mistake) => {
    const key = JSON.stringify(mistake);
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

function nothingFound(paths: readonly string[]): Diagnostic {
  return {
    rule: 'nothing-found',
    message: `there is nothing to check in ${paths.join(', ')}`,
    help: ['features are written in files that end in .feature, .yaml or .yml'],
  };
}
