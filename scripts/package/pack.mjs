/** The package as npm would publish it, made of the build at hand. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';

/**
 * Packs into `folder`.
 * @returns {{ file: string, size: number, unpackedSize: number, files: { path: string, size: number }[] }}
 */
export function pack(folder) {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  const packed = JSON.parse(stdout);
  // npm 12 prints an object with a property for each package where older versions print a list.
  const [{ filename, size, unpackedSize, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  return { file: join(folder, filename), size, unpackedSize, files };
}
