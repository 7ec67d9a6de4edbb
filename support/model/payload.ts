import { createCipheriv, createHash } from 'node:crypto';
import type { Payload } from './call.js';

/** What one message may have. */
export const LARGEST_MESSAGE_BYTES = 100 * 1024 * 1024;

/**
 * The bytes that a payload stands for: what is sent as an HTTP body, or put into the `payload` field of a gRPC request.
 * A `json` payload gives its JSON text; as a gRPC message it needs the message's type, which is not known here.
 */
export function payloadBytes(payload: Payload): Buffer {
  switch (payload.kind) {
    case 'text':
      return Buffer.from(payload.text, 'utf8');
    case 'base64':
      return Buffer.from(payload.base64, 'base64');
    case 'json':
      return Buffer.from(JSON.stringify(payload.value) ?? 'null', 'utf8');
    case 'random':
      return randomBytesOf(payload.seed, payload.length);
  }
}

/**
 * `length` bytes that follow from `seed`, the same everywhere: the key stream of AES-128 in counter mode, keyed by the
 * seed. It cannot be compressed, and no two places in it are alike. Shorter lengths give a prefix of longer ones.
 */
export function randomBytesOf(seed: number, length: number): Buffer {
  const key = createHash('sha256').update(`mirrorspec payload ${seed}`).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}
