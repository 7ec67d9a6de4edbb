const INVALID = 255;
const PADDING = 0x3d;

/** Octet → its six bits, for the alphabet of RFC 4648 §4. */
const SIX_BITS = (() => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const table = new Uint8Array(256).fill(INVALID);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
})();

export interface Base64Handler {
  decoded(data: Buffer): void;
  /** Called once; all bytes from the offending one on go to `undecoded`. */
  malformed(detail: string): void;
  undecoded(data: Uint8Array): void;
}

/**
 * Decodes base64 that arrives in pieces and may consist of several segments, each padded by itself: gRPC-Web's text
 * form encodes frames as they are written (gRPC "PROTOCOL-WEB.md").
 */
export class Base64Segments {
  readonly #handler: Base64Handler;
  /** Bits of the current group of four characters, and how many of its characters came. */
  #bits = 0;
  #count = 0;
  #paddings = 0;
  #broken = false;

  constructor(handler: Base64Handler) {
    this.#handler = handler;
  }

  push(data: Uint8Array): void {
    if (this.#broken) {
      this.#handler.undecoded(data);
      return;
    }
    const out = Buffer.allocUnsafe(Math.ceil((data.length + 3) / 4) * 3);
    let length = 0;
    for (let i = 0; i < data.length; i++) {
      const octet = data[i] as number;
      const bits = SIX_BITS[octet] as number;
      if (octet === PADDING && this.#count >= 2) this.#paddings++;
      else if (bits === INVALID || this.#paddings > 0) {
        if (length > 0) this.#handler.decoded(out.subarray(0, length));
        this.#break('a character that is not base64', data.subarray(i));
        return;
      }
      this.#bits = (this.#bits << 6) | (bits & 63 & (octet === PADDING ? 0 : 63));
      if (++this.#count < 4) continue;
      length = this.#finishGroup(out, length);
    }
    if (length > 0) this.#handler.decoded(out.subarray(0, length));
  }

  /** The text is complete: a last group without its padding is accepted, as browsers do. */
  end(): void {
    if (this.#broken || this.#count === 0) return;
    if (this.#count === 1) {
      this.#break('base64 that ends within an octet', Buffer.alloc(0));
      return;
    }
    this.#paddings = 4 - (this.#count - this.#paddings);
    this.#bits <<= 6 * (4 - this.#count);
    const out = Buffer.allocUnsafe(3);
    this.#handler.decoded(out.subarray(0, this.#finishGroup(out, 0)));
  }

  #finishGroup(out: Buffer, at: number): number {
    const octets = 3 - this.#paddings;
    for (let i = 0; i < octets; i++) out[at + i] = (this.#bits >>> (16 - 8 * i)) & 0xff;
    this.#bits = 0;
    this.#count = 0;
    this.#paddings = 0;
    return at + octets;
  }

  #break(detail: string, rest: Uint8Array): void {
    this.#broken = true;
    this.#handler.malformed(detail);
    if (rest.length > 0) this.#handler.undecoded(rest);
  }
}
