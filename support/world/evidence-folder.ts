import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFault } from '../model/write-fault.js';

/** What identifies one attempt at one scenario. */
export interface ScenarioIdentity {
  readonly uri: string;
  readonly line: number;
  readonly name: string;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** What it does. Cells of a matrix may share file, line and name, but never their steps. */
  readonly steps: readonly unknown[];
}

/** The folder of one scenario's evidence. It is made when the first thing is to be kept. */
export class EvidenceFolder {
  /** Name of the folder below the run's evidence folder. */
  readonly name: string;
  readonly path: string;
  readonly #written: string[] = [];
  #created: Promise<unknown> | undefined;

  constructor(evidenceDir: string, scenario: ScenarioIdentity) {
    this.name = folderName(scenario);
    this.path = join(evidenceDir, this.name);
  }

  /** Names of the files written so far through {@link write}. */
  get files(): readonly string[] {
    return this.#written;
  }

  async create(): Promise<string> {
    this.#created ??= makeFolder(this.path);
    await this.#created.catch((error: unknown) => this.#fail(error));
    return this.path;
  }

  /** @throws {EnvironmentError} when the machine does not take it. */
  async write(file: string, content: string | Uint8Array): Promise<void> {
    await writeFile(join(await this.create(), file), content).catch((error: unknown) => this.#fail(error));
    this.#written.push(file);
  }

  #fail(error: unknown): never {
    throw writeFault(error, 'the evidence', this.path) ?? error;
  }

  /** Content of a file of the folder, or its length if it is longer than `limit` bytes. */
  async read(file: string, limit: number): Promise<Buffer | { readonly length: number }> {
    const path = join(this.path, file);
    const { size } = await stat(path);
    return size > limit ? { length: size } : readFile(path);
  }
}

/** As `mkdir --parents`. Node.js's own says of a full file system that something on the way is missing. */
async function makeFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** Readable, unique within a run, and safe as a file name: `protocols-12-a-http-2-call-is-mirrored`. */
export function folderName({ uri, line, name, attempt, steps }: ScenarioIdentity): string {
  const file = slug(basename(uri).replace(/\.[^.]+$/, ''));
  const again = attempt === 0 ? '' : `-attempt-${attempt + 1}`;
  // In Gherkin a line has one scenario.
  const cell = /\.ya?ml$/.test(uri) ? `-${fingerprint([uri, name, steps])}` : '';
  return `${[file, String(line), slug(name)]
    .filter((part) => part !== '')
    .join('-')
    .slice(0, 120)}${cell}${again}`;
}

/** The same in every run, so that folders of two runs can be compared. */
function fingerprint(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 8);
}

function slug(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
