import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import { InvalidInput } from './invalid-input.js';
import { PACKAGE_ROOT, shown } from './project.js';

const MODULE = /\.[cm]?[jt]s$/;
/** Declarations of types and tests are no steps. */
const NO_STEPS = /\.d\.[cm]?ts$|\.test\.[cm]?[jt]s$/;

/**
 * The modules with the steps of the project in `cwd`: TypeScript and JavaScript below `folders`, without those of
 * packages. In the order of their paths, so that steps are declared in the same order everywhere.
 * @throws {InvalidInput} when a module lies beside its own compiled form: its steps would be declared twice.
 */
export function stepFiles(folders: readonly string[], cwd: string): readonly string[] {
  const files = [...new Set(folders.flatMap(modulesBelow))].sort();
  const all = new Set(files);
  const twice = files.flatMap((file) => {
    const compiled = file.replace(/ts$/, 'js');
    return isTypeScript(file) && all.has(compiled) ? [loadedTwice(shown(file, cwd), shown(compiled, cwd))] : [];
  });
  if (twice.length > 0) throw new InvalidInput(twice);
  return files;
}

/** Whether a module has to be stripped of its types. */
export function isTypeScript(file: string): boolean {
  return /\.[cm]?ts$/.test(file);
}

function modulesBelow(folder: string): string[] {
  // The package's own steps are loaded from its build.
  if (!existsSync(folder) || folder === join(PACKAGE_ROOT, 'steps')) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : modulesBelow(path);
    return MODULE.test(entry.name) && !NO_STEPS.test(entry.name) ? [path] : [];
  });
}

function loadedTwice(source: string, compiled: string): Diagnostic {
  return {
    message: `${source} and ${compiled} lie side by side: the same steps would be declared twice`,
    help: [
      `delete ${compiled}: TypeScript is loaded as it is, nothing has to be compiled`,
      'or let tsc write to another folder ("outDir"), or nothing at all ("noEmit")',
    ],
  };
}
