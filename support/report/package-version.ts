import { readFileSync } from 'node:fs';

/** The version of mirrorspec, from its package. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return version;
}
