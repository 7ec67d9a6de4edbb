import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Diagnostic } from '../language/diagnostic.js';
import { settingsIn } from '../language/yaml/feature-path.js';

/** Root of this package: the folder that holds `dist/`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Where features are looked for when no path is given. */
export const DEFAULT_FEATURES = 'features';

/** Globs of the package's own modules that hold World, hooks and steps. */
export function ownStepModules(): string[] {
  const root = escapeGlob(PACKAGE_ROOT);
  return [join(root, 'dist/support/world/hooks.js'), join(root, 'dist/steps/**/!(*.test).js')];
}

/** Address of one of the package's own modules, as cucumber-js wants it for plugins and formatters. */
export function ownModule(path: string): string {
  return pathToFileURL(join(PACKAGE_ROOT, 'dist', path)).href;
}

export interface FeaturePaths {
  /** For cucumber-js: files, globs, `file:line`. */
  readonly paths: readonly string[];
  readonly mistakes: readonly Diagnostic[];
}

/** Turns the paths of a command line into what cucumber-js takes, and finds those that lead nowhere. */
export function featurePaths(given: readonly string[], cwd: string): FeaturePaths {
  const paths: string[] = [];
  const mistakes: Diagnostic[] = [];
  for (const path of given.length === 0 ? [DEFAULT_FEATURES] : given.flatMap((each) => listed(each, cwd, mistakes))) {
    const [, file = path, lines = ''] = /^(.*?)((?::\d+)*)$/.exec(path) ?? [];
    const absolute = resolve(cwd, file);
    if (/[*?{[]/.test(file) && !existsSync(absolute)) paths.push(path);
    else if (!existsSync(absolute)) mistakes.push(missing(file, given.length === 0, cwd));
    else if (statSync(absolute).isDirectory())
      paths.push(`${escapeGlob(shown(absolute, cwd))}/**/*.{feature,feature.md,yaml,yml}`);
    else if (!/\.(feature(\.md)?|ya?ml)$/.test(file) || settingsIn(file) !== undefined)
      mistakes.push(notAFeature(file));
    else paths.push(`${escapeGlob(shown(absolute, cwd))}${lines}`);
  }
  return { paths, mistakes };
}

/** A path as it is shown to the user: relative where it lies below `cwd`. */
export function shown(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below) ? path : below || '.';
}

/** A path as a glob that means nothing but this path. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?{}[\]()!+@]/g, '[$&]');
}

function missing(path: string, isDefault: boolean, cwd: string): Diagnostic {
  return isDefault
    ? {
        message: `there is no folder "${path}" in ${cwd}`,
        help: ['name the features to run: mirrorspec run <paths...>'],
      }
    : { message: `there is no file or folder "${path}"` };
}

function notAFeature(path: string): Diagnostic {
  const settings = settingsIn(path);
  const help =
    settings === undefined
      ? 'the names of feature files end in .feature, .yaml or .yml'
      : `by its name and folder it is ${settings}`;
  return { message: `"${path}" is not a feature`, help: [help] };
}

/** The paths in a file that is named `@file`, one on a line, as a run leaves them in `rerun.txt`. */
function listed(path: string, cwd: string, mistakes: Diagnostic[]): readonly string[] {
  if (!path.startsWith('@') || existsSync(resolve(cwd, path))) return [path];
  const file = path.slice(1);
  if (!existsSync(resolve(cwd, file)) || statSync(resolve(cwd, file)).isDirectory()) {
    mistakes.push({ message: `there is no file "${file}"`, help: ['"@file" stands for the paths in a file'] });
    return [];
  }
  const paths = readFileSync(resolve(cwd, file), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (paths.length === 0) mistakes.push({ message: `"${file}" names no feature`, help: ['write one path on a line'] });
  return paths;
}
