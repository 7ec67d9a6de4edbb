/**
 * Puts each program of a lab into as few files as it can be loaded from: Node takes about a millisecond of processor time for every
 * module, and a scenario starts seven programs. `dist/programs/<folders>/<name>.js` stands for `dist/support/<folders>/<name>.js`;
 * what a program loads later stays apart, and so do npm packages. The lab prefers them as long as they are not older
 * (support/environment/embedded/lab/bundled.ts), so that after a bare `tsc` nothing old is run.
 */
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { filesBelow, ROOT } from './prepare.mjs';

const MODULES = join(ROOT, 'dist/support');
const PROGRAMS = join(ROOT, 'dist/programs');

rmSync(PROGRAMS, { recursive: true, force: true });
await Promise.all(programs().map(bundle));

/** The first process of a lab, and whatever it can be told to start. */
function programs() {
  const started = filesBelow('dist/support', '.js').filter(
    (file) => !file.includes('/lab-test/') && /^runProgram\(/m.test(readFileSync(join(ROOT, file), 'utf8')),
  );
  return [...started, 'dist/support/environment/embedded/lab/init.js'].map((file) => join(ROOT, file));
}

function bundle(program) {
  return build({
    entryPoints: [program],
    outdir: join(PROGRAMS, dirname(relative(MODULES, program))),
    // Parts of different programs in one folder must not overwrite each other.
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    keepNames: true,
    // Not made small: a fault's stack has to lead somewhere.
    logLevel: 'warning',
  });
}
