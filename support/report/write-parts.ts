import { closeSync, openSync, writeSync } from 'node:fs';

/** Characters that are written at once: a report consists of thousands of small parts. */
const AT_ONCE = 256 * 1024;

/** Writes a file piece by piece. Memory holds little of it. */
export function writeParts(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    let waiting = '';
    for (const part of parts) {
      waiting += part;
      if (waiting.length < AT_ONCE) continue;
      writeSync(file, waiting);
      waiting = '';
    }
    writeSync(file, waiting);
  } finally {
    closeSync(file);
  }
}
