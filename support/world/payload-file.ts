import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Bytes, previewOf, sameBytes } from '../model/bytes.js';
import { ExpectationError, messageOf, UserError } from '../model/errors.js';
import { nearest } from '../model/nearest.js';
import { LARGEST_MESSAGE_BYTES } from '../model/payload.js';
import { isGrpc } from '../model/protocol.js';
import { mirroredExchanges, typesOfLastCalls } from './mirrored.js';
import type { MirrorspecWorld } from './world.js';

/** The bytes of a file, relative to the current folder. Throws {@link UserError} where it cannot be a message. */
export function readPayloadFile(path: string): Buffer {
  const file = resolve(path);
  try {
    const found = statSync(file);
    if (found.isDirectory()) throw new UserError(`"${path}" is a folder: a payload is one file`);
    if (!found.isFile()) throw new UserError(`"${path}" is no regular file`);
    if (found.size > LARGEST_MESSAGE_BYTES) {
      throw new UserError(
        `"${path}" has ${found.size} bytes; a message may have ${LARGEST_MESSAGE_BYTES} (100 MiB) at most`,
      );
    }
    return readFileSync(file);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(reasonOf(error, path, file), { cause: error });
  }
}

function reasonOf(error: unknown, path: string, file: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `the file "${path}" cannot be read: ${messageOf(error)}`;
  const similar = nearest(basename(file), namesIn(dirname(file)));
  const hint = similar === undefined ? '' : `; did you mean "${similar}"?`;
  return `there is no file "${path}": ${file} was looked for${hint}`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Checks that each of the last calls was mirrored with the file's bytes as its one message. Journals keep only the
 * beginning of a long message, so that the whole is compared by length and SHA-256. A gRPC message holds the payload, and
 * is compared as the caller would have encoded it.
 */
export async function expectMirroredFile(world: MirrorspecWorld, path: string): Promise<void> {
  const data = readPayloadFile(path);
  const { plan } = world.lastBatch;
  const types = isGrpc(plan.protocol) ? await typesOfLastCalls(world) : undefined;
  if (isGrpc(plan.protocol) && types === undefined) {
    throw new UserError(
      'a file can be compared with a gRPC message only where its types are known: give the proto files',
    );
  }
  const { prepareCall } = await import('../traffic/caller/call-preparation.js');
  const messages = [{ kind: 'base64', base64: data.toString('base64') }] as const;
  const expected = prepareCall({ ...plan, messages }, types).messages[0]?.bytes;
  if (expected === undefined) throw new Error('a call with a message has one');
  for (const exchange of await mirroredExchanges(world)) {
    const bodies = exchange.request.messages.map(({ body }) => body);
    const [only, another] = bodies;
    if (another !== undefined) {
      throw new ExpectationError(`the mirrored request has ${bodies.length} messages; a file is compared with one`);
    }
    // An empty HTTP body is no message.
    if (only === undefined ? expected.length > 0 : !sameBytes(only, expected)) {
      throw new ExpectationError(differenceOf(path, expected, only, isGrpc(plan.protocol)));
    }
  }
}

/** What a file and a mirrored message differ in, in words. `encoded`: what is compared are gRPC messages. */
export function differenceOf(path: string, expected: Bytes, found: Bytes | undefined, encoded = false): string {
  const lines = [
    `the mirrored payload is not the file "${path}"${encoded ? ', compared as gRPC messages' : ''}`,
    `  expected: ${summaryOf(expected)}`,
    `  found:    ${found === undefined ? 'no message' : summaryOf(found)}`,
  ];
  const at = found === undefined ? -1 : firstDifference(previewOf(expected), previewOf(found));
  return at < 0 ? lines.join('\n') : [...lines, `  the first byte that differs is number ${at + 1}`].join('\n');
}

function summaryOf({ length, sha256 }: Bytes): string {
  return `${length} byte${length === 1 ? '' : 's'}, SHA-256 ${sha256}`;
}

/** -1 where one begins with the other. */
function firstDifference(a: Buffer, b: Buffer): number {
  const common = Math.min(a.length, b.length);
  for (let index = 0; index < common; index++) if (a[index] !== b[index]) return index;
  return -1;
}
