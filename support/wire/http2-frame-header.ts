import { HTTP2_FRAME, http2FrameName } from './http2-names.js';

export const FRAME_HEADER_BYTES = 9;
/** The frame size that every peer must accept, and that clients keep to unless a server allows more. */
const USUAL_FRAME_BYTES = 16_384;

export const FLAG = { ACK: 0x1, END_STREAM: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

export interface Http2FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
}

/**
 * Whether bytes that begin a connection look like a frame in the middle of an HTTP/2 connection: the preface, and with
 * it the HPACK state, went by before. Needs the nine bytes of a frame's header, and is strict about them.
 */
export function looksLikeHttp2Frame(bytes: Uint8Array): boolean {
  if (bytes.length < FRAME_HEADER_BYTES) return false;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readFrameHeader(view);
  if (header.type > HTTP2_FRAME.CONTINUATION || header.length > USUAL_FRAME_BYTES) return false;
  if (view.readUInt32BE(5) !== header.stream || (header.flags & ~allowedFlags(header.type)) !== 0) return false;
  return frameProblem(header) === undefined;
}

/** Reads the first nine bytes. */
export function readFrameHeader(bytes: Buffer): Http2FrameHeader {
  return {
    length: bytes.readUIntBE(0, 3),
    type: bytes.readUInt8(3),
    flags: bytes.readUInt8(4),
    stream: bytes.readUInt32BE(5) & 0x7fff_ffff,
  };
}

function allowedFlags(type: number): number {
  switch (type) {
    case HTTP2_FRAME.DATA:
      return FLAG.END_STREAM | FLAG.PADDED;
    case HTTP2_FRAME.HEADERS:
      return FLAG.END_STREAM | FLAG.END_HEADERS | FLAG.PADDED | FLAG.PRIORITY;
    case HTTP2_FRAME.SETTINGS:
    case HTTP2_FRAME.PING:
      return FLAG.ACK;
    case HTTP2_FRAME.CONTINUATION:
      return FLAG.END_HEADERS;
    default:
      return 0;
  }
}

/** Why a client may not send a frame with this header, whatever came before it (RFC 9113 §6). */
export function frameProblem({ type, flags, length, stream }: Http2FrameHeader): string | undefined {
  const name = http2FrameName(type);
  const size = () => `${name} of ${length} bytes`;
  const place = () => `${name} on stream ${stream}`;
  switch (type) {
    case HTTP2_FRAME.DATA:
      if (stream % 2 === 0) return place();
      return (flags & FLAG.PADDED) !== 0 && length === 0 ? size() : undefined;
    case HTTP2_FRAME.HEADERS:
    case HTTP2_FRAME.CONTINUATION:
      return stream % 2 === 0 ? place() : undefined;
    case HTTP2_FRAME.PRIORITY:
      if (stream === 0) return place();
      return length === 5 ? undefined : size();
    case HTTP2_FRAME.RST_STREAM:
      if (stream === 0) return place();
      return length === 4 ? undefined : size();
    case HTTP2_FRAME.SETTINGS:
      if (stream !== 0) return place();
      return length % 6 === 0 && ((flags & FLAG.ACK) === 0 || length === 0) ? undefined : size();
    case HTTP2_FRAME.PUSH_PROMISE:
      return `${name} from a client`;
    case HTTP2_FRAME.PING:
      if (stream !== 0) return place();
      return length === 8 ? undefined : size();
    case HTTP2_FRAME.GOAWAY:
      if (stream !== 0) return place();
      return length >= 8 ? undefined : size();
    case HTTP2_FRAME.WINDOW_UPDATE:
      return length === 4 ? undefined : size();
    default:
      return undefined;
  }
}
