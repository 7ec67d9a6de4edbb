import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { readYaml } from '../yaml/read.js';
import { CLAIMED, type FileRead, FREE, type ThreadData } from './read-ahead.js';

const { files, states } = workerData as ThreadData;
for (const [index, { path, name }] of files.entries()) {
  if (Atomics.compareExchange(states, index, FREE, CLAIMED) !== FREE) continue;
  const file = readYaml(readFileSync(path), name);
  // JSON has no bytes, and repeats what aliases share.
  const plain = !/!!binary|\*/.test(file.text);
  const read: FileRead = { index, file: plain ? JSON.stringify(file) : file };
  parentPort?.postMessage(read);
}
