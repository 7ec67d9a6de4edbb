import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stepLibraryOf, undeclaredTypes } from '../language/check.js';
import { type Diagnostic, sortDiagnostics } from '../language/diagnostic.js';
import { parseGherkin } from '../language/gherkin/parse.js';
import { lintedGherkin } from '../language/lint/gherkin-feature.js';
import { checkGherkinText, type KnownSteps } from '../language/lint/gherkin-text.js';
import { lintFeatures } from '../language/lint/lint.js';
import { type LintedFeature, scenarioCount } from '../language/lint/linted.js';
import type { LintReport } from '../language/lint/report.js';
import { stepMatcher } from '../language/match-steps.js';
import { textOf } from '../language/yaml/read-text.js';
import { messageOf } from '../model/errors.js';
import { InvalidInput } from './invalid-input.js';
import { findFiles, PROJECT_FILE, type ProjectFile } from './lint-files.js';
import { loadSteps } from './load-steps.js';
import { DEFAULT_FEATURES } from './project.js';

/** What one file holds, as far as it can be read. */
interface ReadFile {
  readonly features: readonly LintedFeature[];
  readonly mistakes: readonly Diagnostic[];
}

/**
 * Checks files and folders, or the whole project in `cwd` where none are given. Finds everything at once: a mistake in one
 * file, or in the project's steps, hides no other.
 */
export async function lintProject(cwd: string, paths: readonly string[]): Promise<LintReport> {
  const wholeProject = paths.length === 0;
  const roots = [resolve(cwd, DEFAULT_FEATURES)];
  const found = findFiles(wholeProject ? projectPaths(cwd) : paths, roots, cwd);
  const { files } = found;
  const misplaced = wholeProject
    ? found.mistakes.map((mistake) => ({ ...mistake, help: [NAME_PATHS] }))
    : found.mistakes;
  const { steps, mistakes: ofSteps } = await knownSteps(cwd);
  const read = files.map((file) => readProjectFile(file, steps));
  const features = read.flatMap((each) => each.features);
  const mistakes = [
    ...misplaced,
    ...(files.length === 0 && misplaced.length === 0 ? [nothingFound(wholeProject ? [DEFAULT_FEATURES] : paths)] : []),
    ...ofSteps,
    ...read.flatMap((each) => each.mistakes),
    ...lintFeatures(features, { steps, limitations: [], wholeProject }),
  ];
  return {
    mistakes: sortDiagnostics(mistakes),
    totals: {
      files: files.length,
      features: features.length,
      scenarios: features.reduce((sum, feature) => sum + scenarioCount(feature), 0),
    },
  };
}

const NAME_PATHS = 'name what is to be checked: mirrorspec lint <paths...>';

function projectPaths(cwd: string): string[] {
  return existsSync(join(cwd, PROJECT_FILE)) ? [DEFAULT_FEATURES, PROJECT_FILE] : [DEFAULT_FEATURES];
}

/** The project's steps; where they cannot be loaded, why. */
async function knownSteps(cwd: string): Promise<{ steps?: KnownSteps; mistakes: readonly Diagnostic[] }> {
  try {
    const library = stepLibraryOf(await loadSteps(cwd));
    const undeclared = undeclaredTypes(library);
    if (undeclared.length > 0) return { mistakes: undeclared };
    const { stepDefinitions: definitions } = library;
    return { steps: { definitions, matching: stepMatcher(definitions) }, mistakes: [] };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { mistakes: error.diagnostics.map((mistake) => ({ rule: 'broken-steps', ...mistake })) };
  }
}

function readProjectFile(file: ProjectFile, steps: KnownSteps | undefined): ReadFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file.path);
  } catch (error) {
    const message = `${file.name} cannot be read: ${messageOf(error)}`;
    return { features: [], mistakes: [{ rule: 'unreadable', message }] };
  }
  switch (file.kind) {
    case 'gherkin':
      return readGherkin(bytes, file.name, steps);
    default:
      return { features: [], mistakes: [] };
  }
}

function readGherkin(bytes: Uint8Array, file: string, steps: KnownSteps | undefined): ReadFile {
  const text = textOf(bytes, file);
  // Control characters are a matter of YAML.
  if (typeof text !== 'string' && text.rule !== 'control-character') return { features: [], mistakes: [text] };
  const content = typeof text === 'string' ? text : new TextDecoder().decode(bytes);
  const { document, mistakes } = parseGherkin(content, file);
  if (document === undefined) return { features: [], mistakes };
  const { feature } = document;
  if (feature === undefined) {
    return {
      features: [],
      mistakes: [
        {
          rule: 'no-feature',
          message: 'this file holds no feature',
          at: { file, line: 1 },
          help: ['begin it with "Feature:" and a name, or remove it'],
        },
      ],
    };
  }
  return {
    features: [lintedGherkin(feature, file, content)],
    mistakes: [...mistakes, ...checkGherkinText(feature, file, content, steps)],
  };
}

function nothingFound(paths: readonly string[]): Diagnostic {
  return {
    rule: 'nothing-found',
    message: `there is nothing to check in ${paths.join(', ')}`,
    help: ['features are written in files that end in .feature, .yaml or .yml'],
  };
}
