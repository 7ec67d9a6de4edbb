import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import { isYamlFeature, YAML_FILE } from '../language/yaml/feature-path.js';
import { shown } from './project.js';

/** What a file of a project holds; decided by its place and its ending. */
export type FileKind = 'gherkin' | 'yaml-feature' | 'environment' | 'limitation' | 'gate' | 'project';

export interface ProjectFile {
  readonly kind: FileKind;
  /** Absolute. */
  readonly path: string;
  /** As shown. */
  readonly name: string;
}

const KINDS_BY_FOLDER: Readonly<Record<string, FileKind>> = {
  environments: 'environment',
  limitations: 'limitation',
  gates: 'gate',
};

/** The kind of a file that mirrorspec reads, or undefined for another. */
export function kindOf(path: string): FileKind | undefined {
  if (/\.feature(\.md)?$/.test(path)) return 'gherkin';
  if (!YAML_FILE.test(path)) return undefined;
  if (isYamlFeature(path)) return 'yaml-feature';
  return KINDS_BY_FOLDER[basename(dirname(path))] ?? 'project';
}

export interface FoundFiles {
  /** Each once, in the order of their names. */
  readonly files: readonly ProjectFile[];
  readonly mistakes: readonly Diagnostic[];
}

/** All files that mirrorspec reads in files, folders and patterns, as given on a command line. */
export function findFiles(paths: readonly string[], cwd: string): FoundFiles {
  const files = new Map<string, ProjectFile>();
  const mistakes: Diagnostic[] = [];
  const add = (path: string): boolean => {
    const kind = kindOf(path);
    if (kind !== undefined) files.set(path, { kind, path, name: shown(path, cwd) });
    return kind !== undefined;
  };
  for (const given of paths) {
    const path = resolve(cwd, given);
    if (!existsSync(path) && /[*?{[]/.test(given)) {
      const matching = globLibrary().globSync(given, { cwd, absolute: true, nodir: true });
      if (matching.filter(add).length === 0) mistakes.push(missing(given));
    } else if (!existsSync(path)) {
      mistakes.push(missing(given));
    } else if (statSync(path).isDirectory()) {
      for (const file of filesBelow(path)) add(file);
    } else if (!add(path)) {
      mistakes.push({
        rule: 'not-a-feature',
        message: `"${given}" is not a file that mirrorspec reads`,
        help: ['the names of such files end in .feature, .feature.md, .yaml or .yml'],
      });
    }
  }
  return { files: [...files.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), mistakes };
}

/** That of cucumber-js: a pattern means the same files in a run. */
function globLibrary(): { globSync(pattern: string, options: object): string[] } {
  return createRequire(createRequire(import.meta.url).resolve('@cucumber/cucumber'))('glob');
}

function missing(given: string): Diagnostic {
  const file = /^(.+?)(?::\d+)+$/.exec(given)?.[1];
  return {
    rule: 'missing-file',
    message: `there is no file or folder "${given}"`,
    help: file === undefined ? [] : [`lint checks whole files: mirrorspec lint ${file}`],
  };
}

/** As cucumber-js looks: nothing whose name begins with a dot, no installed packages. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return existsSync(path) && statSync(path).isFile() ? [path] : [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
