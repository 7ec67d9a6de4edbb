import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import type { FeatureFileCompiler } from './compile-feature-file.js';
import type { LocatedSource } from './location.js';
import { renderGherkin } from './render-gherkin.js';

/** YAML features of a run as files that cucumber-js can parse. */
export interface FeatureSources {
  /** The Gherkin in place of a YAML file, absolute paths: one file for each document. */
  readonly gherkinOf: ReadonlyMap<string, readonly string[]>;
  /** What is behind a file of Gherkin, by the uri that cucumber-js gives it. */
  readonly behind: ReadonlyMap<string, LocatedSource>;
  /** In place of a YAML file with mistakes stands a file that does not parse; its first mistake, by uri. */
  readonly unusable: ReadonlyMap<string, { readonly file: string; readonly mistakes: readonly Diagnostic[] }>;
  readonly mistakes: readonly Diagnostic[];
}

/** No Gherkin, so that cucumber-js ends the run before anything is run. */
const UNUSABLE = 'this file stands for a YAML file with mistakes\n';

/** Compiles YAML files (absolute paths) into `folder`. Files are called by their path relative to `cwd`. */
export function compileSources(
  files: readonly string[],
  cwd: string,
  folder: string,
  compile: FeatureFileCompiler,
): FeatureSources {
  mkdirSync(folder, { recursive: true });
  const gherkinOf = new Map<string, readonly string[]>();
  const behind = new Map<string, LocatedSource>();
  const unusable = new Map<string, { readonly file: string; readonly mistakes: readonly Diagnostic[] }>();
  const mistakes: Diagnostic[] = [];
  let written = 0;
  const write = (text: string): { readonly path: string; readonly uri: string } => {
    const path = join(folder, `${++written}.feature`);
    writeFileSync(path, text);
    return { path, uri: relative(cwd, path) };
  };
  for (const file of files) {
    const shown = relative(cwd, file);
    const { text, documents, mistakes: found } = compile(readFileSync(file), shown);
    mistakes.push(...found);
    const paths: string[] = [];
    if (found.length > 0) {
      const { path, uri } = write(UNUSABLE);
      unusable.set(uri, { file: shown, mistakes: found });
      paths.push(path);
    }
    for (const { uri, feature } of documents) {
      // The run may have another language by default.
      const { text: gherkin, places } = renderGherkin(feature, { sayLanguage: true });
      const { path, uri: compiledUri } = write(gherkin);
      behind.set(compiledUri, { uri, text, places });
      paths.push(path);
    }
    gherkinOf.set(file, paths);
  }
  return { gherkinOf, behind, unusable, mistakes: sortDiagnostics(mistakes) };
}

const TEMPORARY = 'mirrorspec-yaml-';
/** Milliseconds. A run reads its folder within seconds; in another PID namespace, its process may seem to be dead. */
const LEFTOVER_AGE_MS = 60_000;

/** A private folder of this process, where the run gives none. Removes those that dead processes have left. */
export function temporaryFolder(): string {
  for (const name of readdirSync(tmpdir())) {
    const [, pid] = /^mirrorspec-yaml-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      const path = join(tmpdir(), name);
      if (Date.now() - statSync(path).mtimeMs > LEFTOVER_AGE_MS) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's, or another run was faster.
    }
  }
  return mkdtempSync(join(tmpdir(), `${TEMPORARY}${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
