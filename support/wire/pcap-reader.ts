/** One packet of a capture file. */
export interface PcapPacket {
  /** What was captured of it; a view of the file's bytes. */
  readonly data: Uint8Array;
  readonly originalLength: number;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
}

export interface PcapFile {
  readonly interface: string | undefined;
  readonly packets: readonly PcapPacket[];
  /** The kernel's counters; absent in a file whose writer did not finish. */
  readonly counters: { readonly frames: number; readonly drops: number } | undefined;
}

/**
 * Reads a capture as {@link PcapWriter} writes it: pcapng, little endian, one interface, nanoseconds. A last block that is cut is left
 * out: that is the file of a writer that was killed.
 * @throws Error where the bytes are no such file.
 */
export function readPcap(bytes: Uint8Array): PcapFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < 12 || file.readUInt32LE(0) !== 0x0a0d0d0a || file.readUInt32LE(8) !== 0x1a2b3c4d) {
    throw new Error('not a little-endian pcapng file');
  }
  const packets: PcapPacket[] = [];
  let name: string | undefined;
  let counters: PcapFile['counters'];
  for (let at = 0; at + 12 <= file.length; ) {
    const type = file.readUInt32LE(at);
    const length = file.readUInt32LE(at + 4);
    if (length < 12 || length % 4 !== 0) throw new Error(`block of impossible length ${length} at byte ${at}`);
    if (at + length > file.length) break;
    const body = file.subarray(at + 8, at + length - 4);
    if (type === 1) {
      name = options(body.subarray(8)).get(2)?.toString();
    } else if (type === 6) {
      packets.push({
        time: (BigInt(body.readUInt32LE(4)) << 32n) | BigInt(body.readUInt32LE(8)),
        originalLength: body.readUInt32LE(16),
        data: body.subarray(20, 20 + body.readUInt32LE(12)),
      });
    } else if (type === 5) {
      const found = options(body.subarray(12));
      counters = { frames: uint64(found.get(4)), drops: uint64(found.get(5)) };
    }
    at += length;
  }
  return { interface: name, packets, counters };
}

function options(bytes: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const code = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    if (code === 0) break;
    found.set(code, bytes.subarray(at + 4, at + 4 + length));
    at += 4 + ((length + 3) & ~3);
  }
  return found;
}

function uint64(bytes: Buffer | undefined): number {
  return bytes === undefined ? 0 : Number(bytes.readBigUInt64LE());
}
