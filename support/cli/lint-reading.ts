import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Diagnostic } from '../language/diagnostic.js';
import type { KnownSteps } from '../language/lint/gherkin-text.js';
import type { LintedFeature } from '../language/lint/linted.js';
import type { FeatureFileCompiler } from '../language/yaml/compile-feature-file.js';
import type { YamlFile } from '../language/yaml/read.js';
import { messageOf } from '../model/errors.js';
import type { ProjectFile } from './lint-files.js';

/** What files hold, as far as they can be read. */
export interface ReadFeatures {
  readonly features: readonly LintedFeature[];
  readonly mistakes: readonly Diagnostic[];
}

/** The steps of the project, and the compiler of YAML that goes with them. */
export interface StepsToLint extends KnownSteps {
  compiler(): Promise<FeatureFileCompiler>;
}

/** Files that are being read while steps are loaded. */
export interface Reading {
  finish(steps: StepsToLint | undefined): Promise<ReadFeatures>;
}

/** Bytes of YAML from which on a thread saves more than its start costs. */
const WORTH_A_THREAD = 50_000;

/** Begins to read feature files. Much YAML is read in a thread: that takes as long as it takes here to load the steps. */
export async function beginReading(files: readonly ProjectFile[]): Promise<Reading> {
  const yaml = files.filter(({ kind }) => kind === 'yaml-feature');
  const ahead = isMuch(yaml) ? (await import('../language/lint/read-ahead.js')).readAhead(yaml) : undefined;

  async function read(file: ProjectFile): Promise<YamlFile> {
    if (ahead !== undefined) return ahead.read(yaml.indexOf(file));
    const { readYaml } = await import('../language/yaml/read.js');
    return readYaml(readFileSync(file.path), file.name);
  }

  async function lint(file: ProjectFile, steps: StepsToLint | undefined): Promise<ReadFeatures> {
    if (file.kind === 'gherkin') {
      const { lintedGherkinFile } = await import('../language/lint/gherkin-file.js');
      return lintedGherkinFile(readFileSync(file.path), file.name, steps);
    }
    const { lintedYamlFile } = await import('../language/lint/yaml-file.js');
    return lintedYamlFile(await read(file), file.name, await steps?.compiler());
  }

  return {
    async finish(steps) {
      const found: ReadFeatures[] = [];
      // Last file first: the thread begins with the first.
      for (const file of [...files].reverse()) {
        found.push(await lint(file, steps).catch((error: unknown) => unreadable(file, error)));
      }
      await ahead?.dispose();
      found.reverse();
      return {
        features: found.flatMap(({ features }) => features),
        mistakes: found.flatMap(({ mistakes }) => mistakes),
      };
    },
  };
}

function isMuch(files: readonly ProjectFile[]): boolean {
  if (availableParallelism() < 2) return false;
  const sizes = files.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0) >= WORTH_A_THREAD;
}

function unreadable({ name }: ProjectFile, error: unknown): ReadFeatures {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
  const message = `${name} cannot be read: ${messageOf(error)}`;
  return { features: [], mistakes: [{ rule: 'unreadable-file', message }] };
}
