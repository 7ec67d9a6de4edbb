/** Block types, option codes and values of pcapng (draft-ietf-opsawg-pcapng). */
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const INTERFACE_STATISTICS = 5;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINKTYPE_ETHERNET = 1;
const OPTION_END = 0;
const OPTION_USER_APPLICATION = 4;
const OPTION_INTERFACE_NAME = 2;
const OPTION_TIME_RESOLUTION = 9;
const OPTION_FRAMES_RECEIVED = 4;
const OPTION_FRAMES_DROPPED = 5;
const NANOSECONDS = 9;

/** Bytes that a packet takes in the file beside its data. */
const PACKET_OVERHEAD = 32;
const CHUNK_BYTES = 256 * 1024;

export interface CapturedPacket {
  /** Where the packet is: `memory[start…end)`. */
  readonly memory: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly originalLength: number;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * Writes a packet capture in the pcapng format, which Wireshark and tshark open: it names the interface and tells how many frames
 * the kernel dropped. Packets are collected into chunks of 256 KiB, which `sink` is given one after the other.
 */
export class PcapWriter {
  readonly #sink: (chunk: Uint8Array) => void;
  #chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;
  #written = 0;

  constructor(sink: (chunk: Uint8Array) => void, source: { readonly interface: string; readonly snapLength: number }) {
    this.#sink = sink;
    const start = Buffer.alloc(16);
    start.writeUInt32LE(BYTE_ORDER_MAGIC, 0);
    start.writeUInt16LE(1, 4); // version 1.0
    start.writeBigInt64LE(-1n, 8); // section length not given
    const application = option(OPTION_USER_APPLICATION, Buffer.from('mirrorspec'));
    this.#append(block(SECTION_HEADER, start, application, endOfOptions()));
    const description = Buffer.alloc(8);
    description.writeUInt16LE(LINKTYPE_ETHERNET, 0);
    description.writeUInt32LE(source.snapLength, 4);
    const name = option(OPTION_INTERFACE_NAME, Buffer.from(source.interface));
    const resolution = option(OPTION_TIME_RESOLUTION, Buffer.from([NANOSECONDS]));
    this.#append(block(INTERFACE_DESCRIPTION, description, name, resolution, endOfOptions()));
  }

  /** Bytes of the file so far, those included that the sink was not given yet. */
  get length(): number {
    return this.#written + this.#used;
  }

  /** How long the file becomes at most with one more packet of `captured` bytes. */
  lengthWith(captured: number): number {
    return this.length + PACKET_OVERHEAD + captured + 3;
  }

  /** Adds a packet; its memory may be used again at once. */
  packet({ memory, start, end, originalLength, seconds, nanoseconds }: CapturedPacket): void {
    const captured = end - start;
    const padded = (captured + 3) & ~3;
    const length = PACKET_OVERHEAD + padded;
    const chunk = this.#room(length);
    let at = this.#used;
    at = chunk.writeUInt32LE(ENHANCED_PACKET, at);
    at = chunk.writeUInt32LE(length, at);
    at = chunk.writeUInt32LE(0, at); // interface
    at = writeTime(chunk, at, seconds, nanoseconds);
    at = chunk.writeUInt32LE(captured, at);
    at = chunk.writeUInt32LE(originalLength, at);
    chunk.set(memory.subarray(start, end), at);
    chunk.fill(0, at + captured, at + padded);
    chunk.writeUInt32LE(length, at + padded);
    this.#used += length;
  }

  /** Ends the file with the kernel's counters, and gives the sink what is left. */
  finish(counters: { readonly frames: number; readonly drops: number; readonly atMs: number }): void {
    const head = Buffer.alloc(12);
    const seconds = Math.floor(counters.atMs / 1000);
    writeTime(head, 4, seconds, Math.floor((counters.atMs - seconds * 1000) * 1e6));
    const received = option(OPTION_FRAMES_RECEIVED, uint64(counters.frames));
    const dropped = option(OPTION_FRAMES_DROPPED, uint64(counters.drops));
    this.#append(block(INTERFACE_STATISTICS, head, received, dropped, endOfOptions()));
    this.flush();
  }

  /** Gives the sink all bytes so far. */
  flush(): void {
    if (this.#used === 0) return;
    this.#sink(this.#chunk.subarray(0, this.#used));
    this.#written += this.#used;
    this.#used = 0;
  }

  #append(data: Buffer): void {
    data.copy(this.#room(data.length), this.#used);
    this.#used += data.length;
  }

  #room(length: number): Buffer {
    if (this.#used + length > this.#chunk.length) this.flush();
    if (length > this.#chunk.length) this.#chunk = Buffer.allocUnsafe(length);
    return this.#chunk;
  }
}

/**
 * Nanoseconds since the epoch as two 32-bit halves, the high one first. Without BigInt, since this runs for each packet; and in
 * parts, since the whole number has more than 53 bits.
 */
function writeTime(target: Buffer, at: number, seconds: number, nanoseconds: number): number {
  const upper = (seconds >>> 16) * 1e9;
  const lower = (upper % 0x1_0000) * 0x1_0000 + (seconds & 0xffff) * 1e9 + nanoseconds;
  target.writeUInt32LE(Math.floor(upper / 0x1_0000) + Math.floor(lower / 0x1_0000_0000), at);
  return target.writeUInt32LE(lower % 0x1_0000_0000, at + 4);
}

function block(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const framed = Buffer.alloc(body.length + 12);
  framed.writeUInt32LE(type, 0);
  framed.writeUInt32LE(framed.length, 4);
  body.copy(framed, 8);
  framed.writeUInt32LE(framed.length, framed.length - 4);
  return framed;
}

function option(code: number, value: Buffer): Buffer {
  const framed = Buffer.alloc(4 + ((value.length + 3) & ~3));
  framed.writeUInt16LE(code, 0);
  framed.writeUInt16LE(value.length, 2);
  value.copy(framed, 4);
  return framed;
}

function endOfOptions(): Buffer {
  return option(OPTION_END, Buffer.alloc(0));
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
