/**
 * The length-prefixed messages of gRPC and gRPC-Web: one flag byte, four bytes of length, the message.
 * Source: gRPC "PROTOCOL-HTTP2.md" and "PROTOCOL-WEB.md".
 */
export interface GrpcFrame {
  /** Bit 0 of the flags. */
  readonly compressed: boolean;
  /** Bit 7 of the flags: a gRPC-Web trailer frame, whose data is a block of `name: value` lines. */
  readonly trailers: boolean;
  readonly data: Buffer;
}

export const GRPC_PREFIX_BYTES = 5;

/** One message in its frame. */
export function encodeGrpcFrame(data: Uint8Array, flags: { trailers?: boolean; compressed?: boolean } = {}): Buffer {
  const frame = Buffer.allocUnsafe(GRPC_PREFIX_BYTES + data.length);
  frame[0] = (flags.trailers === true ? 0x80 : 0) | (flags.compressed === true ? 1 : 0);
  frame.writeUInt32BE(data.length, 1);
  frame.set(data, GRPC_PREFIX_BYTES);
  return frame;
}

/** Takes frames out of a byte stream that is cut anywhere. Cost is linear in the bytes pushed. */
export class GrpcFrameParser {
  #parts: Buffer[] = [];
  #buffered = 0;
  #wanted = GRPC_PREFIX_BYTES;

  /** The frames that are complete now. */
  push(data: Uint8Array): GrpcFrame[] {
    if (data.length > 0) {
      this.#parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      this.#buffered += data.length;
    }
    const frames: GrpcFrame[] = [];
    while (this.#buffered >= this.#wanted) {
      const all = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
      this.#parts = [all];
      const length = GRPC_PREFIX_BYTES + all.readUInt32BE(1);
      this.#wanted = length;
      if (this.#buffered < length) break;
      const flags = all.readUInt8(0);
      frames.push({
        compressed: (flags & 1) === 1,
        trailers: (flags & 0x80) === 0x80,
        data: all.subarray(GRPC_PREFIX_BYTES, length),
      });
      const rest = all.subarray(length);
      this.#parts = rest.length === 0 ? [] : [rest];
      this.#buffered = rest.length;
      this.#wanted = GRPC_PREFIX_BYTES;
    }
    return frames;
  }

  /** What is left of a frame that never completed; `undefined` if the stream ended between frames. */
  rest(): { readonly data: Buffer; readonly expectedLength: number | undefined } | undefined {
    if (this.#buffered === 0) return undefined;
    const all = Buffer.concat(this.#parts);
    return all.length < GRPC_PREFIX_BYTES
      ? { data: Buffer.alloc(0), expectedLength: undefined }
      : { data: all.subarray(GRPC_PREFIX_BYTES), expectedLength: all.readUInt32BE(1) };
  }
}

/** The lines of a gRPC-Web trailer frame. */
export function encodeGrpcWebTrailers(trailers: readonly (readonly [string, string])[]): Buffer {
  return Buffer.from(trailers.map(([name, value]) => `${name.toLowerCase()}: ${value}\r\n`).join(''), 'utf8');
}

/** Reads the lines of a gRPC-Web trailer frame; names come out in lower case. */
export function decodeGrpcWebTrailers(data: Uint8Array): [name: string, value: string][] {
  return Buffer.from(data)
    .toString('utf8')
    .split('\r\n')
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    });
}
