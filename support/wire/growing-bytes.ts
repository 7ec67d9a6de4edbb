/** Collects bytes that arrive in pieces of any size. Copies what it is given; the cost is linear in the bytes appended. */
export class GrowingBytes {
  #store = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes so far. Valid until the next `append` or `clear`. */
  get bytes(): Buffer {
    return this.#store.subarray(0, this.#length);
  }

  append(data: Uint8Array): void {
    const needed = this.#length + data.length;
    if (needed > this.#store.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#store.length * 2, 64));
      this.#store.copy(grown, 0, 0, this.#length);
      this.#store = grown;
    }
    this.#store.set(data, this.#length);
    this.#length = needed;
  }

  /** Forgets all but the first bytes. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }

  /** Forgets everything; earlier views of `bytes` stay as they are. */
  clear(): void {
    this.#store = Buffer.alloc(0);
    this.#length = 0;
  }
}
