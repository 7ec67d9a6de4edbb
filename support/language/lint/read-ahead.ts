import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { readYaml, type YamlFile } from '../yaml/read.js';

/** A YAML file to read, and what mistakes call it. */
export interface FileToRead {
  readonly path: string;
  readonly name: string;
}

/** What a thread tells of a file that it has read. Text is JSON, which is the fastest way between threads. */
export interface FileRead {
  readonly index: number;
  readonly file: YamlFile | string;
}

/** States of a file: whoever changes `FREE` reads it. */
export const FREE = 0;
export const CLAIMED = 1;

export interface ThreadData {
  readonly files: readonly FileToRead[];
  readonly states: Int32Array;
}

/** Files that are being read. */
export interface ReadAhead {
  /** Throws what reading the file throws. */
  read(index: number): Promise<YamlFile>;
  dispose(): Promise<void>;
}

/**
 * Reads YAML files in a thread, first file first, while this one has something else to do; the files that are asked for
 * before it is their turn are read here. With the last file asked for first, both meet half way.
 */
export function readAhead(files: readonly FileToRead[]): ReadAhead {
  const states = new Int32Array(new SharedArrayBuffer(4 * files.length));
  const done = new Map<number, YamlFile | string>();
  const waiting = new Map<number, (file: YamlFile | string | undefined) => void>();
  let ended = false;
  const workerData: ThreadData = { files, states };
  const thread = new Worker(new URL('./read-ahead-thread.js', import.meta.url), { workerData });
  thread.on('message', ({ index, file }: FileRead) => {
    done.set(index, file);
    waiting.get(index)?.(file);
  });
  const onEnd = (): void => {
    ended = true;
    for (const resolve of waiting.values()) resolve(undefined);
  };
  // Whatever ends the thread, a file that cannot be read among it, shows again where the file is read here.
  thread.on('error', onEnd).on('exit', onEnd);
  thread.unref();

  async function fromThread(index: number): Promise<YamlFile | string | undefined> {
    if (Atomics.compareExchange(states, index, FREE, CLAIMED) === FREE) return undefined;
    if (done.has(index) || ended) return done.get(index);
    thread.ref();
    return new Promise((resolve) => waiting.set(index, resolve));
  }

  return {
    async read(index) {
      const file = files[index];
      if (file === undefined) throw new RangeError(`there is no file ${index}`);
      const read = await fromThread(index);
      if (read === undefined) return readYaml(readFileSync(file.path), file.name);
      return typeof read === 'string' ? JSON.parse(read) : read;
    },
    async dispose() {
      await thread.terminate();
    },
  };
}
