import { GrowingBytes } from './growing-bytes.js';
import {
  FLAG,
  FRAME_HEADER_BYTES,
  frameProblem,
  type Http2FrameHeader,
  readFrameHeader,
} from './http2-frame-header.js';
import { HTTP2_FRAME, http2FrameName } from './http2-names.js';

export const HTTP2_PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** Bounds a header block with all its CONTINUATION frames. Real servers stop between 8 and 100 KiB. */
const LARGEST_HEADER_BLOCK_BYTES = 1024 * 1024;

/** What a client's HTTP/2 frames say. Byte arguments are views that are valid during the call only. */
export interface Http2FrameHandler {
  /** The header of a frame that is allowed where it stands. */
  frame?(header: Http2FrameHeader): void;
  /** A whole header block, CONTINUATION frames joined, padding and priority removed. */
  headers(stream: number, block: Buffer, endStream: boolean): void;
  /** Content of a DATA frame as it arrives, padding removed; a frame may come in several pieces. */
  data(stream: number, content: Buffer): void;
  /** A DATA frame with END_STREAM is complete. */
  endStream(stream: number): void;
  resetStream(stream: number, errorCode: number): void;
  /** The bytes are no frames that a client may send. Nothing but `undecoded` is called after it. */
  malformed(detail: string): void;
  /** What follows `malformed` or {@link Http2FrameParser.stop}: every byte from the start of the offending frame on. */
  undecoded(data: Buffer): void;
}

/**
 * Takes the client's side of an HTTP/2 connection (RFC 9113) apart: preface and frames, cut anywhere. Takes no part in
 * the connection: no flow control, no answers, and no limits that depend on the other side's SETTINGS. Memory is
 * bounded by the largest header block; DATA is passed on as it arrives. The cost is linear in the bytes.
 */
export class Http2FrameParser {
  readonly #handler: Http2FrameHandler;
  #state: 'preface' | 'header' | 'data' | 'collect' | 'skip' | 'stopped';
  /** Bytes of the preface or of a frame's header, while they are incomplete, and the header of the current frame. */
  readonly #start = Buffer.alloc(HTTP2_PREFACE.length);
  #startLength = 0;
  #header: Http2FrameHeader = { length: 0, type: 0, flags: 0, stream: 0 };
  /** Bytes of the current frame that are still to come, padding included. */
  #remaining = 0;
  /** Padding at the end of the current DATA frame; `undefined` until its length octet arrives. */
  #padding: number | undefined = 0;
  readonly #collected = new GrowingBytes();
  /** The header block that CONTINUATION frames are to complete. */
  #open: { readonly stream: number; readonly endStream: boolean; readonly block: GrowingBytes } | undefined;

  constructor(handler: Http2FrameHandler, options: { readonly preface?: boolean } = {}) {
    this.#handler = handler;
    this.#state = options.preface === false ? 'header' : 'preface';
  }

  push(data: Uint8Array): void {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    let at = 0;
    while (at < bytes.length) {
      switch (this.#state) {
        case 'preface':
          at = this.#preface(bytes, at);
          break;
        case 'header':
          at = this.#frameHeader(bytes, at);
          break;
        case 'data':
          at = this.#dataFrame(bytes, at);
          break;
        case 'collect':
          at = this.#collect(bytes, at);
          break;
        case 'skip':
          at = this.#skip(bytes, at);
          break;
        case 'stopped':
          this.#handler.undecoded(bytes.subarray(at));
          return;
      }
    }
  }

  /** Decodes no more: all bytes after the current frame go to `undecoded`. May be called from within the handler. */
  stop(): void {
    this.#state = 'stopped';
  }

  /** What was begun and never completed (but for DATA, which has been passed on). */
  pending(): { readonly detail: string; readonly data: Buffer } | undefined {
    switch (this.#state) {
      case 'preface':
        return { detail: 'the connection ended within the preface', data: this.#start.subarray(0, this.#startLength) };
      case 'header':
        if (this.#startLength === 0 && this.#open === undefined) return undefined;
        return {
          detail:
            this.#open === undefined
              ? "the connection ended within a frame's header"
              : 'the connection ended before a CONTINUATION frame',
          data: Buffer.concat([this.#openBlock(), this.#start.subarray(0, this.#startLength)]),
        };
      case 'collect':
        return {
          detail: `the connection ended within a frame: ${http2FrameName(this.#header.type)}`,
          data: Buffer.concat([this.#openBlock(), this.#start.subarray(0, FRAME_HEADER_BYTES), this.#collected.bytes]),
        };
      case 'data':
      case 'skip':
      case 'stopped':
        return undefined;
    }
  }

  #openBlock(): Buffer {
    return this.#open?.block.bytes ?? Buffer.alloc(0);
  }

  #fail(detail: string, ...undecoded: Buffer[]): void {
    const block = this.#openBlock();
    this.#state = 'stopped';
    this.#handler.malformed(detail);
    for (const part of [block, ...undecoded]) if (part.length > 0) this.#handler.undecoded(part);
    this.#open = undefined;
    this.#collected.clear();
  }

  #preface(bytes: Buffer, at: number): number {
    const take = Math.min(HTTP2_PREFACE.length - this.#startLength, bytes.length - at);
    bytes.copy(this.#start, this.#startLength, at, at + take);
    this.#startLength += take;
    if (this.#startLength === HTTP2_PREFACE.length) {
      this.#startLength = 0;
      if (this.#start.equals(HTTP2_PREFACE)) this.#state = 'header';
      else this.#fail('no HTTP/2 connection preface', this.#start);
    }
    return at + take;
  }

  #frameHeader(bytes: Buffer, at: number): number {
    const take = Math.min(FRAME_HEADER_BYTES - this.#startLength, bytes.length - at);
    bytes.copy(this.#start, this.#startLength, at, at + take);
    this.#startLength += take;
    if (this.#startLength < FRAME_HEADER_BYTES) return at + take;
    this.#startLength = 0;
    const header = readFrameHeader(this.#start);
    const problem = this.#problemOf(header);
    if (problem !== undefined) {
      this.#fail(problem, this.#start.subarray(0, FRAME_HEADER_BYTES));
      return at + take;
    }
    this.#handler.frame?.(header);
    this.#header = header;
    this.#remaining = header.length;
    switch (header.type) {
      case HTTP2_FRAME.DATA:
        this.#state = 'data';
        this.#padding = (header.flags & FLAG.PADDED) === 0 ? 0 : undefined;
        if (header.length === 0) this.#endDataFrame();
        break;
      case HTTP2_FRAME.HEADERS:
      case HTTP2_FRAME.CONTINUATION:
      case HTTP2_FRAME.RST_STREAM:
        this.#state = 'collect';
        if (header.length === 0) this.#complete(Buffer.alloc(0));
        break;
      default:
        this.#state = header.length === 0 ? 'header' : 'skip';
    }
    return at + take;
  }

  #problemOf(header: Http2FrameHeader): string | undefined {
    const { type, stream, length } = header;
    const problem = frameProblem(header);
    if (problem !== undefined) return problem;
    if (this.#open === undefined) {
      if (type === HTTP2_FRAME.CONTINUATION) return 'a CONTINUATION frame without HEADERS';
    } else if (type !== HTTP2_FRAME.CONTINUATION || stream !== this.#open.stream) {
      return `${http2FrameName(type)} within the header block of stream ${this.#open.stream}`;
    }
    const collects = type === HTTP2_FRAME.HEADERS || type === HTTP2_FRAME.CONTINUATION;
    if (collects && this.#openBlock().length + length > LARGEST_HEADER_BLOCK_BYTES) {
      return `a header block of more than ${LARGEST_HEADER_BLOCK_BYTES} bytes`;
    }
    return undefined;
  }

  #dataFrame(bytes: Buffer, at: number): number {
    let from = at;
    if (this.#padding === undefined) {
      const padding = bytes.readUInt8(from);
      if (padding >= this.#remaining) {
        this.#fail('a DATA frame with more padding than content', this.#start.subarray(0, FRAME_HEADER_BYTES));
        return at;
      }
      this.#padding = padding;
      this.#remaining--;
      from++;
    }
    const content = Math.min(this.#remaining - this.#padding, bytes.length - from);
    if (content > 0) {
      this.#handler.data(this.#header.stream, bytes.subarray(from, from + content));
      this.#remaining -= content;
      from += content;
    }
    const padding = Math.min(this.#remaining, bytes.length - from);
    this.#remaining -= padding;
    if (this.#remaining === 0) this.#endDataFrame();
    return from + padding;
  }

  #endDataFrame(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'header';
    if ((this.#header.flags & FLAG.END_STREAM) !== 0) this.#handler.endStream(this.#header.stream);
  }

  #collect(bytes: Buffer, at: number): number {
    const take = Math.min(this.#remaining, bytes.length - at);
    const part = bytes.subarray(at, at + take);
    this.#remaining -= take;
    if (this.#remaining > 0) {
      this.#collected.append(part);
    } else if (this.#collected.length === 0) {
      this.#complete(part);
    } else {
      this.#collected.append(part);
      const payload = this.#collected.bytes;
      this.#collected.clear();
      this.#complete(payload);
    }
    return at + take;
  }

  #complete(payload: Buffer): void {
    const { type, flags, stream } = this.#header;
    this.#state = 'header';
    if (type === HTTP2_FRAME.RST_STREAM) {
      this.#handler.resetStream(stream, payload.readUInt32BE(0));
      return;
    }
    let fragment = payload;
    if (type === HTTP2_FRAME.HEADERS) {
      const stripped = withoutPaddingAndPriority(payload, flags);
      if (stripped === undefined) {
        this.#fail(
          'a HEADERS frame with more padding than content',
          this.#start.subarray(0, FRAME_HEADER_BYTES),
          payload,
        );
        return;
      }
      fragment = stripped;
    }
    const ends = (flags & FLAG.END_HEADERS) !== 0;
    if (this.#open === undefined) {
      const endStream = (flags & FLAG.END_STREAM) !== 0;
      if (ends) {
        this.#handler.headers(stream, fragment, endStream);
        return;
      }
      this.#open = { stream, endStream, block: new GrowingBytes() };
    }
    this.#open.block.append(fragment);
    if (ends) {
      const { block, endStream } = this.#open;
      this.#open = undefined;
      this.#handler.headers(stream, block.bytes, endStream);
    }
  }

  #skip(bytes: Buffer, at: number): number {
    const take = Math.min(this.#remaining, bytes.length - at);
    this.#remaining -= take;
    if (this.#remaining === 0) this.#state = 'header';
    return at + take;
  }
}

function withoutPaddingAndPriority(payload: Buffer, flags: number): Buffer | undefined {
  let start = 0;
  let end = payload.length;
  if ((flags & FLAG.PADDED) !== 0) {
    if (end === 0) return undefined;
    start = 1;
    end -= payload.readUInt8(0);
  }
  if ((flags & FLAG.PRIORITY) !== 0) start += 5;
  return start <= end ? payload.subarray(start, end) : undefined;
}
