import { constants } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LONGEST_KEPT, MESSAGES_DIRECTORY } from '../../../program/long-messages.js';

/** SHA-256 of a message. */
const NAME = /^[0-9a-f]{64}$/;

/**
 * Copies what the lab's programs left of long messages into a folder, which is made. Anybody in the lab can write there, a user's own program
 * too: only ordinary files are taken, and no more of them than our programs would write.
 *
 * @returns the names of the copies: each the SHA-256 that a journal has of the message
 */
export async function collectMessages(folder: string): Promise<readonly string[]> {
  const names = (await readdir(MESSAGES_DIRECTORY).catch(() => [])).filter((name) => NAME.test(name));
  if (names.length > 0) await mkdir(folder, { recursive: true, mode: 0o700 });
  const copied: string[] = [];
  for (const name of names) {
    const content = await readOrdinaryFile(join(MESSAGES_DIRECTORY, name), LONGEST_KEPT);
    if (content === undefined) continue;
    await writeFile(join(folder, name), content, { mode: 0o600, flag: 'wx' });
    copied.push(name);
  }
  return copied;
}

/** All of a file; undefined for a longer one, a link, or anything else. */
async function readOrdinaryFile(path: string, longest: number): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    if (!status.isFile() || status.size > longest) return undefined;
    // It may grow meanwhile.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(status.size), 0, status.size, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
