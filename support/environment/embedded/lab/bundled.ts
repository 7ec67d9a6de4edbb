import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of what is compiled, module by module, and of programs in few files (scripts/bundle-programs.mjs). */
const FOLDERS = {
  modules: fileURLToPath(new URL('../../../', import.meta.url)),
  programs: fileURLToPath(new URL('../../../../programs/', import.meta.url)),
} as const;

/**
 * The file to start a program from: the one that it was put into, which loads in half the time, unless its module is newer. A program
 * of the user's own is started as it is.
 */
export function bundled(module: string, { modules, programs } = FOLDERS): string {
  const path = relative(modules, module);
  if (path.startsWith(`..${sep}`)) return module;
  const file = resolve(programs, path);
  return modifiedAt(file) >= modifiedAt(module) ? file : module;
}

/** In milliseconds; before everything where there is no such file. */
function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
