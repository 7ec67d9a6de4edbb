import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../../model/nearest.js';
import type { Diagnostic } from '../diagnostic.js';
import { shownPath } from './settings-files.js';

/** The environments that come with mirrorspec. */
export const SHIPPED_ENVIRONMENTS = fileURLToPath(new URL('../../../../features/environments', import.meta.url));

const EXTENSION = /\.ya?ml$/;

export type FoundEnvironment =
  | { readonly path: string; readonly shown: string; readonly shipped: boolean }
  | { readonly mistake: Diagnostic };

/**
 * The file of an environment: what has a slash in it or ends in `.yaml` is a path; a name is looked for in the folders
 * `environments` of the project's features, then among those that come with mirrorspec.
 * @param from who names it, for messages: `--environment`, `MIRRORSPEC_ENVIRONMENT`, `mirrorspec.yaml`
 */
export function findEnvironment(
  name: string,
  from: string,
  features: readonly string[],
  cwd: string,
): FoundEnvironment {
  if (name.includes('/') || EXTENSION.test(name)) {
    const path = resolve(cwd, name);
    if (existsSync(path)) return { path, shown: shownPath(path, cwd), shipped: false };
    return { mistake: { rule: 'unknown-environment', message: `${from} ${name}: there is no such file` } };
  }
  const folders = [...environmentFolders(features, cwd), SHIPPED_ENVIRONMENTS];
  for (const folder of folders) {
    const path = [`${name}.yaml`, `${name}.yml`].map((file) => join(folder, file)).find((file) => existsSync(file));
    if (path === undefined) continue;
    const shipped = folder === SHIPPED_ENVIRONMENTS;
    return { path, shown: shipped ? `shipped with mirrorspec` : shownPath(path, cwd), shipped };
  }
  const known = [...new Set(folders.flatMap(namesIn))].sort();
  const near = nearest(name, known);
  return {
    mistake: {
      rule: 'unknown-environment',
      message: `${from} ${name}: there is no environment of that name`,
      help: [
        ...(near === undefined ? [] : [`did you mean ${near}?`]),
        `known are: ${known.join(', ')}`,
        `one of your own is a file: ${features[0] ?? 'features'}/environments/${name}.yaml`,
      ],
    },
  };
}

/** The folders of a project in which environments are looked for, those that exist. */
export function environmentFolders(features: readonly string[], cwd: string): string[] {
  return features
    .map((folder) => resolve(cwd, folder, 'environments'))
    .filter((folder) => existsSync(folder) && folder !== SHIPPED_ENVIRONMENTS);
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => EXTENSION.test(file))
    .map((file) => basename(file).replace(EXTENSION, ''));
}
