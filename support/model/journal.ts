import type { Bytes } from './bytes.js';
import type { Protocol } from './protocol.js';

/**
 * What one party saw, in the order it saw it. A journal is a flat list of small records; `exchanges.ts` folds it
 * into exchanges. Every party writes the same vocabulary, so that they can be compared record by record.
 */
export type Party = 'caller' | 'workload' | 'local-process';

/** Header name (lower case) and value, in wire order. Binary gRPC metadata (`*-bin`) stays base64 as on the wire. */
export type Header = readonly [name: string, value: string];

/** `request` flows from caller to workload, `response` back. The local process sees requests only. */
export type Direction = 'request' | 'response';

/** The header that carries the unique id of a call, in HTTP and as gRPC metadata. */
export const CALL_ID_HEADER = 'x-mirrorspec-call';

interface RecordBase {
  /** Milliseconds since the epoch, with a fraction. All parties run on one clock. */
  readonly at: number;
  /** Number of the connection, unique within the party's journal. */
  readonly connection: number;
}

interface ExchangeRecordBase extends RecordBase {
  /** Number of the exchange, unique within the party's journal (not the HTTP/2 stream id). */
  readonly exchange: number;
}

/** A connection began. Addresses are `ip:port` where known. */
export interface ConnectionOpened extends RecordBase {
  readonly kind: 'connection-opened';
  readonly local?: string;
  readonly remote?: string;
  /** Local process only: where the copy was delivered to, where that is not what `local` says. */
  readonly deliveredTo?: string;
  /** The party itself speaks TLS on it; its sidecar, if there is one, is another matter. */
  readonly tls?: boolean;
}

/** A connection ended: `fin` (orderly), `rst` (reset), `lost` (for a reason given in `detail`). */
export interface ConnectionClosed extends RecordBase {
  readonly kind: 'connection-closed';
  readonly how: 'fin' | 'rst' | 'lost';
  readonly detail?: string;
}

/** The head of a request. `protocol` is what was really spoken; `call` is the unique id if the request carried one. */
export interface RequestRecord extends ExchangeRecordBase {
  readonly kind: 'request';
  readonly call?: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly path: string;
  readonly authority?: string;
  readonly headers: readonly Header[];
}

/**
 * One complete message, written when it is complete. Plain HTTP: the whole body is one message (no record for an empty body), unless its
 * content type delimits several (`body-framing.ts`). WebSocket: one record for each message, however many frames it came in. gRPC and gRPC-Web: one record for each length-prefixed message, without its 5-byte prefix, decompressed
 * where the party decodes it.
 */
export interface MessageRecord extends ExchangeRecordBase {
  readonly kind: 'message';
  readonly direction: Direction;
  /** 0, 1, 2, … within its direction. */
  readonly index: number;
  readonly body: Bytes;
  /** True where the gRPC compressed flag was set on the wire, or the WebSocket message was compressed (the body is then still compressed). */
  readonly compressed?: boolean;
  /** WebSocket only. */
  readonly form?: MessageForm;
}

/** A message of a WebSocket is text or binary (RFC 6455 §5.6). */
export type MessageForm = 'text' | 'binary';

/**
 * A message that began but never completed: its bytes so far. Of a connection that is still open it may be told early; then another such
 * record, or the message, replaces it.
 */
export interface PartialMessageRecord extends ExchangeRecordBase {
  readonly kind: 'partial-message';
  readonly direction: Direction;
  readonly index: number;
  readonly body: Bytes;
  /** The length that was announced, where known. */
  readonly expectedLength?: number;
}

/** The head of a response. For gRPC `status` is the HTTP status; the gRPC status is in the trailers. */
export interface ResponseRecord extends ExchangeRecordBase {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: readonly Header[];
}

/**
 * Trailers (HTTP/1.1 chunked trailers, HTTP/2 trailing HEADERS, gRPC-Web trailer frame, gRPC trailers-only). Of a WebSocket what its close frame
 * says: `close-code` and `close-reason`.
 */
export interface TrailersRecord extends ExchangeRecordBase {
  readonly kind: 'trailers';
  readonly direction: Direction;
  readonly headers: readonly Header[];
}

/** One direction of an exchange is complete. For `request` this is the half-close. */
export interface EndRecord extends ExchangeRecordBase {
  readonly kind: 'end';
  readonly direction: Direction;
}

/** An exchange was broken off: RST_STREAM, connection loss, refused connection, deadline. */
export interface ResetRecord extends ExchangeRecordBase {
  readonly kind: 'reset';
  /** For example `CANCEL`, `REFUSED_STREAM`, `ECONNRESET`, `ECONNREFUSED`, `deadline`. */
  readonly code: string;
  readonly detail?: string;
}

/**
 * Bytes of a connection that are no HTTP: raw TCP, TLS, or what cannot be decoded. One record per connection and
 * cause, written when the connection ends or its nature is clear.
 */
export interface RawRecord extends RecordBase {
  readonly kind: 'raw';
  readonly body: Bytes;
  /** Why the bytes were not decoded. */
  readonly reason: 'tls' | 'no-http' | 'missing-preface' | 'hpack-state-missing' | 'malformed' | 'upgraded';
  readonly detail?: string;
  /** Set where the bytes start with a TLS ClientHello: the evidence for an encrypted interface. */
  readonly tls?: TlsClientHello;
}

export interface TlsClientHello {
  readonly serverName?: string;
  readonly alpn: readonly string[];
}

export type JournalRecord =
  | ConnectionOpened
  | ConnectionClosed
  | RequestRecord
  | MessageRecord
  | PartialMessageRecord
  | ResponseRecord
  | TrailersRecord
  | EndRecord
  | ResetRecord
  | RawRecord;

export type Journal = readonly JournalRecord[];

/** Milliseconds since the epoch with sub-millisecond resolution, comparable between processes of one machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
