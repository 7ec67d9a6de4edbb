import { Buffer } from 'node:buffer';
import type { Header } from '../model/journal.js';
import { decodeHuffman } from './hpack-huffman.js';
import { HPACK_STATIC_TABLE } from './hpack-static-table.js';

/** Why a header block cannot be decoded. After any of these the decoder's state is lost for good. */
export type HpackFault =
  /** An index points beyond the dynamic table: header blocks before this one were not seen. */
  | 'missing-entry'
  /** The block breaks RFC 7541. */
  | 'malformed'
  /** The block is legal, but larger than this decoder is willing to keep. */
  | 'too-large';

export class HpackError extends Error {
  override readonly name = 'HpackError';

  constructor(
    readonly fault: HpackFault,
    message: string,
  ) {
    super(message);
  }
}

/** What an entry costs beside its octets (RFC 7541 §4.1). */
const ENTRY_OVERHEAD = 32;
const DEFAULT_TABLE_BYTES = 4096;
const LARGEST_TABLE_BYTES = 1024 * 1024;
/** Bounds what a few octets of indexed fields can blow up to. Real servers stop between 8 and 100 KiB. */
const LARGEST_LIST_BYTES = 1024 * 1024;

/**
 * Decodes the header blocks of one direction of one HTTP/2 connection (RFC 7541), in the order they were sent.
 *
 * It listens in: the table size that the *other* side allowed (SETTINGS_HEADER_TABLE_SIZE) is not visible to it, so it
 * accepts whatever size updates the encoder announces, up to 1 MiB. Names and values come out with one character per
 * octet (latin1), as Node's own HTTP/2 gives them.
 */
export class HpackDecoder {
  readonly #table = new DynamicTable();

  /** @throws HpackError */
  decode(block: Uint8Array): Header[] {
    const cursor = new Cursor(block);
    const headers: Header[] = [];
    let listBytes = 0;
    while (!cursor.done) {
      const first = cursor.peek();
      let header: Header;
      if ((first & 0x80) !== 0) {
        header = this.#lookUp(cursor.integer(7));
      } else if ((first & 0xe0) === 0x20) {
        if (headers.length > 0) throw new HpackError('malformed', 'a table size update after a header field');
        this.#table.resize(cursor.integer(5));
        continue;
      } else {
        const indexing = (first & 0x40) !== 0;
        const index = cursor.integer(indexing ? 6 : 4);
        const name = index === 0 ? cursor.string() : this.#lookUp(index)[0];
        header = [name, cursor.string()];
        if (indexing) this.#table.add(header);
      }
      listBytes += header[0].length + header[1].length + ENTRY_OVERHEAD;
      if (listBytes > LARGEST_LIST_BYTES) {
        throw new HpackError('too-large', `a header list of more than ${LARGEST_LIST_BYTES} bytes`);
      }
      headers.push(header);
    }
    return headers;
  }

  #lookUp(index: number): Header {
    if (index === 0) throw new HpackError('malformed', 'index 0');
    const fixed = HPACK_STATIC_TABLE[index - 1];
    if (fixed !== undefined) return fixed;
    const header = this.#table.get(index - HPACK_STATIC_TABLE.length - 1);
    if (header !== undefined) return header;
    throw new HpackError('missing-entry', `index ${index}, but the dynamic table has ${this.#table.length} entries`);
  }
}

class DynamicTable {
  /** Oldest entry first; those before `#oldest` are evicted. */
  #entries: (Header | undefined)[] = [];
  #oldest = 0;
  #bytes = 0;
  #limit = DEFAULT_TABLE_BYTES;

  get length(): number {
    return this.#entries.length - this.#oldest;
  }

  /** The entry at a position that counts from the newest. */
  get(position: number): Header | undefined {
    return position < this.length ? this.#entries[this.#entries.length - 1 - position] : undefined;
  }

  add(header: Header): void {
    this.#entries.push(header);
    this.#bytes += sizeOf(header);
    this.#evict();
  }

  resize(limit: number): void {
    if (limit > LARGEST_TABLE_BYTES) throw new HpackError('too-large', `a dynamic table of ${limit} bytes`);
    this.#limit = limit;
    this.#evict();
  }

  #evict(): void {
    while (this.#bytes > this.#limit) {
      const evicted = this.#entries[this.#oldest];
      this.#entries[this.#oldest++] = undefined;
      if (evicted !== undefined) this.#bytes -= sizeOf(evicted);
    }
    // Dropping the evicted half at once keeps the cost of an eviction constant.
    if (this.#oldest > 64 && this.#oldest * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#oldest);
      this.#oldest = 0;
    }
  }
}

function sizeOf([name, value]: Header): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}

class Cursor {
  readonly #block: Buffer;
  #at = 0;

  constructor(block: Uint8Array) {
    this.#block = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#block.length;
  }

  peek(): number {
    const octet = this.#block[this.#at];
    if (octet === undefined) throw new HpackError('malformed', 'the header block ends within a header field');
    return octet;
  }

  /** An integer with a prefix of so many bits (RFC 7541 §5.1). */
  integer(prefixBits: number): number {
    const mask = 2 ** prefixBits - 1;
    let value = this.peek() & mask;
    this.#at++;
    if (value < mask) return value;
    let factor = 1;
    for (;;) {
      const octet = this.peek();
      this.#at++;
      value += (octet & 0x7f) * factor;
      if ((octet & 0x80) === 0) return value;
      factor *= 128;
      // Nothing that HPACK counts comes near 2^35; longer encodings are only good for attacks.
      if (factor > 2 ** 28) throw new HpackError('malformed', 'an integer that is too long');
    }
  }

  /** A string literal (RFC 7541 §5.2). */
  string(): string {
    const coded = (this.peek() & 0x80) !== 0;
    const length = this.integer(7);
    const end = this.#at + length;
    if (end > this.#block.length) throw new HpackError('malformed', 'the header block ends within a string');
    const start = this.#at;
    this.#at = end;
    if (!coded) return this.#block.toString('latin1', start, end);
    const text = decodeHuffman(this.#block.subarray(start, end));
    if (text === undefined) throw new HpackError('malformed', 'a string that is not valid Huffman code');
    return text;
  }
}
