import { createHash, type Hash } from 'node:crypto';

/** How many leading bytes of a message a journal keeps for diffs; length and SHA-256 always cover all of it. */
export const PREVIEW_BYTES = 16 * 1024;

/**
 * What a journal keeps of a message: enough to compare every byte (length and SHA-256 of all of it)
 * and to show the beginning. `preview` is base64 of the first {@link PREVIEW_BYTES} bytes.
 */
export interface Bytes {
  readonly length: number;
  readonly sha256: string;
  readonly preview: string;
  /**
   * Set where credentials were taken out of the preview, and whether it is all of the message: its length does not tell. `sha256` is
   * then keyed: the same for equal messages of one run.
   */
  readonly redacted?: 'whole' | 'cut';
}

/** Takes all bytes of one message, as they come. */
export interface MessageStore {
  add(data: Uint8Array): void;
  /** The message, or what there will be of it, is complete. */
  finish(sha256: string): void;
}

let storeForMessage: (() => MessageStore) | undefined;

/** From now on this process hands each message of which a journal keeps the beginning only to a store of its own. */
export function storeLongMessages(open: (() => MessageStore) | undefined): void {
  storeForMessage = open;
}

/** Summarises whole messages. */
export function bytesOf(data: Uint8Array): Bytes {
  const digest = new BytesDigest();
  digest.update(data);
  return digest.finish();
}

/** Summarises a message that arrives in pieces, in constant memory. */
export class BytesDigest {
  readonly #hash = createHash('sha256');
  readonly #head: Uint8Array[] = [];
  #headLength = 0;
  #length = 0;
  #store: MessageStore | undefined;

  get length(): number {
    return this.#length;
  }

  update(data: Uint8Array): void {
    if (data.length === 0) return;
    this.#hash.update(data);
    this.#length += data.length;
    if (this.#length > PREVIEW_BYTES) this.#storeAll(data);
    const room = PREVIEW_BYTES - this.#headLength;
    if (room > 0) {
      const part = Buffer.from(data.subarray(0, room));
      this.#head.push(part);
      this.#headLength += part.length;
    }
  }

  /** What has arrived so far; more may come. */
  soFar(): Bytes {
    return this.#summary(this.#hash.copy());
  }

  /** Ends the digest; it must not be used afterwards. */
  finish(): Bytes {
    const summary = this.#summary(this.#hash);
    this.#store?.finish(summary.sha256);
    return summary;
  }

  #storeAll(data: Uint8Array): void {
    if (this.#store === undefined && storeForMessage !== undefined) {
      this.#store = storeForMessage();
      // What came before is in the beginning, and is all of it.
      for (const part of this.#head) this.#store.add(part);
    }
    this.#store?.add(data);
  }

  #summary(hash: Hash): Bytes {
    return {
      length: this.#length,
      sha256: hash.digest('hex'),
      preview: Buffer.concat(this.#head).toString('base64'),
    };
  }
}

export function previewOf(bytes: Bytes): Buffer {
  return Buffer.from(bytes.preview, 'base64');
}

export function sameBytes(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.sha256 === b.sha256;
}
