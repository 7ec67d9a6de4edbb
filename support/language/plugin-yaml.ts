import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { CoordinatorEventValues } from '@cucumber/cucumber/api';
import type { Diagnostic } from './diagnostic.js';
import type { Envelope } from './plan.js';
import { isYamlFeature, YAML_FILE } from './yaml/feature-path.js';
import type { FeatureSources } from './yaml/feature-sources.js';
import { type PlaceOfLocation, relocator } from './yaml/location.js';

type Paths = CoordinatorEventValues['paths:resolve'];
type Compilation = typeof import('./compile-yaml.js');

/** What cucumber-js looks for when no path is given. */
const DEFAULT_PATHS = 'features/**/*.{feature,feature.md}';

/**
 * The YAML features of a run of cucumber-js: finds them among its paths, puts compiled Gherkin in their place before it
 * parses, and makes everything that it then says of the Gherkin speak of the YAML. A run without YAML loads nothing.
 */
export class YamlFeatures {
  readonly #cwd: string;
  readonly #compiledDir: string | undefined;
  readonly #compilation: () => Compilation;
  readonly #relocator = relocator((uri) => this.#sources?.behind.get(uri));
  #paths: string[] = [];
  #sources: FeatureSources | undefined;
  #folder: string | undefined;

  private constructor(cwd: string, compiledDir: string | undefined, compilation: () => Compilation) {
    this.#cwd = cwd;
    this.#compiledDir = compiledDir;
    this.#compilation = compilation;
    process.once('exit', () => this.dispose());
  }

  /**
   * Cucumber-js does not wait between naming the paths and parsing them, so that the compiler must be loaded without
   * waiting. A Node.js that cannot do that (before 20.19 and 22.12) loads it in any case.
   */
  static async load(cwd: string, compiledDir: string | undefined): Promise<YamlFeatures> {
    if ('require_module' in process.features && process.features.require_module === true) {
      return new YamlFeatures(cwd, compiledDir, () => createRequire(import.meta.url)('./compile-yaml.js'));
    }
    const loaded = await import('./compile-yaml.js');
    return new YamlFeatures(cwd, compiledDir, () => loaded);
  }

  readonly placeOf: PlaceOfLocation = (location) => this.#relocator.placeOf(location);

  /** Cucumber-js looks for Gherkin only in folders; YAML is added here. What it will parse is changed in place, later. */
  find({ unexpandedSourcePaths, sourcePaths }: Paths): void {
    const known = new Set(sourcePaths);
    const added = unexpandedSourcePaths.flatMap((path) => this.#yamlIn(path)).filter((path) => !known.has(path));
    const all = [...sourcePaths, ...new Set(added)].filter((path) => !YAML_FILE.test(path) || isYamlFeature(path));
    this.#paths = sourcePaths as string[];
    this.#paths.splice(0, this.#paths.length, ...all);
  }

  #yamlIn(path: string): string[] {
    const folder = resolve(this.#cwd, path === DEFAULT_PATHS ? 'features' : path);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter(isYamlFeature)
      .sort();
  }

  /** Puts Gherkin in the place of YAML, now that the steps are known. Returns what is wrong with the YAML. */
  compile(): readonly Diagnostic[] {
    const files = this.#paths.filter(isYamlFeature);
    if (files.length === 0) return [];
    const { compileYaml, temporaryFolder } = this.#compilation();
    this.#folder = this.#compiledDir ?? temporaryFolder();
    const sources = compileYaml(files, this.#cwd, this.#folder);
    this.#sources = sources;
    const compiled = this.#paths.flatMap((path) => sources.gherkinOf.get(path) ?? [path]);
    this.#paths.splice(0, this.#paths.length, ...compiled);
    return sources.mistakes;
  }

  /** Makes a message speak of the YAML. True: it is about a file with mistakes, which are told elsewhere. */
  relocate(envelope: Envelope): boolean {
    const { source, gherkinDocument, parseError } = envelope;
    const unusable = this.#sources?.unusable.get(source?.uri ?? gherkinDocument?.uri ?? parseError?.source.uri ?? '');
    if (unusable === undefined) {
      this.#relocator.relocate(envelope);
      return false;
    }
    const { file, mistakes } = unusable;
    if (source !== undefined) Object.assign(source, { uri: file });
    if (parseError !== undefined) {
      const { line = 1, column = 1 } = mistakes[0]?.at ?? {};
      const message = `(${line}:${column}): ${mistakes[0]?.message}${mistakes.length > 1 ? `, and ${mistakes.length - 1} more` : ''}`;
      Object.assign(parseError, { source: { uri: file, location: { line, column } }, message });
    }
    return true;
  }

  /** Removes the compiled files; they are needed only while cucumber-js parses. */
  dispose(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}
