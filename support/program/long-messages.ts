import { closeSync, existsSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type MessageStore, storeLongMessages } from '../model/bytes.js';

/** Where the programs of a lab leave messages that are too long for a journal. Nobody keeps any where it is not there. */
export const MESSAGES_DIRECTORY = '/run/mirrorspec/messages';

/** Bytes of one message that are kept. What is longer is cut. */
export const LONGEST_KEPT = 8 * 1024 * 1024;
/** Bytes, and messages, that one program keeps. */
const KEPT_BYTES = 32 * 1024 * 1024;
const KEPT_MESSAGES = 64;

/** From now on this program leaves its long messages there: each as a file whose name is the SHA-256 of the whole message. */
export function keepLongMessages(directory: string = MESSAGES_DIRECTORY): void {
  if (!existsSync(directory)) return;
  let bytes = 0;
  let messages = 0;
  const take = (room: number): number => {
    const taken = Math.min(room, KEPT_BYTES - bytes);
    bytes += taken;
    return taken;
  };
  storeLongMessages(() => {
    messages++;
    return messages > KEPT_MESSAGES ? NOTHING : new MessageFile(directory, messages, take);
  });
}

const NOTHING: MessageStore = { add: () => {}, finish: () => {} };

/** A message that is being written. A store that fails leaves less evidence; it must not disturb the traffic. */
class MessageFile implements MessageStore {
  readonly #directory: string;
  /** Not the name of a message: nobody collects what is not complete. */
  readonly #path: string;
  readonly #take: (bytes: number) => number;
  #file: number | undefined;
  #length = 0;
  #failed = false;

  constructor(directory: string, number: number, take: (bytes: number) => number) {
    this.#directory = directory;
    this.#path = join(directory, `${process.pid}-${number}.part`);
    this.#take = take;
  }

  add(data: Uint8Array): void {
    if (this.#failed) return;
    const part = data.subarray(0, this.#take(Math.min(data.length, LONGEST_KEPT - this.#length)));
    if (part.length === 0) return;
    try {
      this.#file ??= openSync(this.#path, 'wx', 0o600);
      for (let done = 0; done < part.length; ) done += writeSync(this.#file, part, done);
      this.#length += part.length;
    } catch {
      this.#failed = true;
    }
  }

  finish(sha256: string): void {
    if (this.#file === undefined) return;
    const whole = join(this.#directory, sha256);
    closeSync(this.#file);
    try {
      // Another party may have left the same message, and more of it.
      const there = statSync(whole, { throwIfNoEntry: false })?.size ?? 0;
      if (!this.#failed && there < this.#length) renameSync(this.#path, whole);
    } catch {
      // It is that party's file, and stays.
    }
    rmSync(this.#path, { force: true });
  }
}
