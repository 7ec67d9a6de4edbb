import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** An Envoy that has told its version. */
export interface EnvoyBinary {
  /** Absolute. */
  readonly path: string;
  readonly version: string;
}

/** What is wrong with an Envoy, in words, and how to mend it. */
export interface EnvoyProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** The oldest version that the bootstrap is known to work with. */
export const OLDEST_ENVOY = '1.36';

/** Where `envoy` is on the PATH, if it is there. */
export function envoyOnPath(searched: string = process.env.PATH ?? ''): string | undefined {
  return searched
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => resolve(folder, 'envoy'))
    .find((file) => isExecutableFile(file));
}

/** Asks an Envoy for its version. Takes about 40 ms. */
export async function examineEnvoy(file: string): Promise<EnvoyBinary | EnvoyProblem> {
  const path = resolve(file);
  const other = { remedy: `name an Envoy ${OLDEST_ENVOY} or newer, or --set sidecar.engine=node` };
  if (!isExecutableFile(path)) return { problem: `${path} is no program that can be run`, ...other };
  const { output, failure } = await run(path, ['--version']);
  if (failure !== undefined) return { problem: `${path} --version fails: ${failure}`, ...other };
  const version = versionIn(output);
  if (version === undefined) {
    return { problem: `${path} --version says nothing that an Envoy says: ${output.trim().slice(0, 200)}`, ...other };
  }
  if (isOlder(version, OLDEST_ENVOY)) {
    return { problem: `${path} is Envoy ${version}; mirrorspec needs ${OLDEST_ENVOY} or newer`, ...other };
  }
  return { path, version };
}

/** The version in what `envoy --version` prints: `<revision>/<version>/<status>/<build>/<TLS library>`. */
export function versionIn(output: string): string | undefined {
  return /\bversion: [^/\s]+\/(\d+\.\d+\.\d+)[^/\s]*\//.exec(output)?.[1];
}

export function isOlder(version: string, than: string): boolean {
  const [left, right] = [version, than].map((text) => text.split('.').map(Number));
  for (const [index, wanted] of (right ?? []).entries()) {
    const found = left?.[index] ?? 0;
    if (found !== wanted) return found < wanted;
  }
  return false;
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function run(file: string, args: readonly string[]): Promise<{ output: string; failure?: string }> {
  return new Promise((done) => {
    execFile(file, args, { timeout: 10_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) return done({ output });
      const said = output.trim();
      const how = error.killed === true ? 'it did not end within 10 s' : (error.signal ?? `exit code ${error.code}`);
      done({ output, failure: said === '' ? how : `${how}: ${said.slice(-2000)}` });
    });
  });
}
