/** Frame types of RFC 9113 §6, and those of the extensions that clients use, by code. */
export const HTTP2_FRAME = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
  ALTSVC: 0xa,
  ORIGIN: 0xc,
  PRIORITY_UPDATE: 0x10,
} as const;

const FRAME_NAMES = new Map<number, string>(Object.entries(HTTP2_FRAME).map(([name, code]) => [code, name]));

export function isKnownHttp2Frame(type: number): boolean {
  return FRAME_NAMES.has(type);
}

export function http2FrameName(type: number): string {
  return FRAME_NAMES.get(type) ?? `frame type 0x${type.toString(16)}`;
}

/** Error codes of RFC 9113 §7, in the order of their numbers. */
const ERROR_CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
] as const;

export function http2ErrorName(code: number): string {
  return ERROR_CODES[code] ?? `0x${code.toString(16)}`;
}
