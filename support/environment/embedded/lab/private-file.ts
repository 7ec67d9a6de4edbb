import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { User } from '../../../program/protocol.js';
import type { PrivateFile } from './protocol.js';

/** Writes a file that nobody but one user can read, in a folder of that user's own. */
export function writePrivately({ path, text }: PrivateFile, { uid, gid }: User): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  for (const each of [folder, path]) chownSync(each, uid, gid);
  chmodSync(folder, 0o700);
}
