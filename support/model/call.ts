import type { Header } from './journal.js';
import type { Interaction, Protocol } from './protocol.js';

/** One message that a caller sends. `repeat` bytes are generated where the call is made, not carried there. */
export type Payload =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'base64'; readonly base64: string }
  | { readonly kind: 'json'; readonly value: unknown }
  /** `length` pseudo-random bytes that follow from `seed`: the same seed gives the same bytes everywhere. */
  | { readonly kind: 'random'; readonly length: number; readonly seed: number };

/** The call id that questions to server reflection carry: they are no call of the scenario, but a mirror sees them. */
export const REFLECTION_CALL_ID = 'server-reflection';

/** Which gRPC method to call, and how its types are known. */
export interface GrpcMethod {
  /** Fully qualified, for example `mirrorspec.echo.v1.Echo`. */
  readonly service: string;
  readonly method: string;
  /**
   * `builtin`: the protos shipped with mirrorspec. `files`: the user's (absolute paths). `reflection`: asked from the
   * server on the same port (v1, then v1alpha) over a connection of its own, before the call.
   */
  readonly types:
    | { readonly source: 'builtin' }
    | { readonly source: 'files'; readonly files: readonly string[]; readonly includeDirs: readonly string[] }
    | { readonly source: 'reflection' };
}

/** What the echo workload is asked to do beside echoing. Understood by `echo` only. */
export interface EchoControl {
  /** Plain HTTP: how the answer follows from the messages of the request. Of gRPC the method says it. */
  readonly interaction?: Interaction;
  /** HTTP status, or for gRPC the status code (0–16). */
  readonly status?: number;
  /** gRPC: answer with nothing but the status, as soon as the call begins (trailers-only). */
  readonly failAtOnce?: true;
  /** gRPC status message. */
  readonly statusMessage?: string;
  /** Response headers (HTTP) or initial metadata (gRPC). */
  readonly headers?: readonly Header[];
  /** Response trailers (HTTP) or trailing metadata (gRPC). */
  readonly trailers?: readonly Header[];
  /** Server-streaming: how many messages to answer with. */
  readonly messages?: number;
  /** Milliseconds between answers. */
  readonly intervalMs?: number;
  /** WebSocket: the workload closes with this code once it has answered so many messages. */
  readonly close?: WebSocketClose & { readonly afterMessages: number };
}

/** How a WebSocket is closed (RFC 6455 §7.4): 1000, or 3000 to 4999. */
export interface WebSocketClose {
  readonly code: number;
  readonly reason: string;
}

/**
 * How the connection of a call over TCP ends, once the workload has read and answered the message: `half-close`: the caller
 * half-closes when it has said all, and that is what the workload answers to. The others tell the workload how much to wait for.
 */
export const TCP_ENDINGS = ['half-close', 'workload-closes', 'caller-resets', 'workload-resets'] as const;
export type TcpEnding = (typeof TCP_ENDINGS)[number];

/** Code of the `reset` record of a party that broke off a connection itself, as it was told to. */
export const OWN_RESET = 'own-reset';

/** A batch of equal calls, as a caller performs them. */
export interface CallPlan {
  /** The unique ids, one for each call of the batch. */
  readonly ids: readonly string[];
  readonly protocol: Protocol;
  readonly interaction: Interaction;
  /** What to connect to: a service's address, seen from the caller's pod. */
  readonly target: {
    readonly host: string;
    readonly port: number;
    readonly authority: string;
    /** The workload itself speaks TLS on this port. */
    readonly tls?: boolean;
  };
  /** gRPC over HTTP/2 only: each message is compressed. */
  readonly compression?: 'gzip';
  /** HTTP only: method (default GET, POST with a payload) and path. */
  readonly method?: string;
  readonly path?: string;
  /** gRPC only. */
  readonly grpc?: GrpcMethod;
  /** WebSocket only: how the caller closes. Default 1000 without a reason. */
  readonly close?: WebSocketClose;
  /** WebSocket only: milliseconds between the caller's pings. Absent: it sends none. */
  readonly pingMs?: number;
  /** gRPC-Web only: the binary (`application/grpc-web+proto`) or the base64 text form. Default binary. */
  readonly grpcWebForm?: 'binary' | 'text';
  readonly headers: readonly Header[];
  /** Plain HTTP only: trailers of the request. */
  readonly trailers?: readonly Header[];
  /**
   * The messages to send, each written by itself, in order. Plain HTTP, unary: the pieces of one body. Plain HTTP with another
   * interaction: messages, framed as the content type says (`body-framing.ts`). gRPC: one (unary, server-streaming) or many. A `json` payload is the request message in proto3 JSON form; any other
   * kind is put into the bytes field `payload` of the echo service's request.
   */
  readonly messages: readonly Payload[];
  /** Milliseconds to wait between messages of a stream. Default 0. */
  readonly intervalMs?: number;
  readonly echo?: EchoControl;
  /** TCP only. */
  readonly tcp?: {
    /** Default `half-close`. */
    readonly ending?: TcpEnding;
    /** Bytes that the workload says first: the caller waits for them. */
    readonly greetingBytes?: number;
  };
  /** How many calls are in flight at once. Default 1. */
  readonly concurrency: number;
  /** `shared`: one connection for the batch (kept for later batches); `each`: a new connection for each call. */
  readonly connections: 'shared' | 'each';
  /** Milliseconds after which one call is given up (`reset` with code `deadline`). */
  readonly timeoutMs: number;
}

/** How one call of a batch ended, as the caller sees it. The details are in its journal. */
export interface CallOutcome {
  readonly id: string;
  readonly ok: boolean;
  /** HTTP status, 0 if there was no response, or no HTTP. */
  readonly httpStatus: number;
  /** gRPC status code where the protocol is gRPC and one was received, or the caller gave the call up (1 or 4). */
  readonly grpcStatus?: number;
  readonly grpcMessage?: string;
  /** The HTTP version really negotiated. */
  readonly httpVersion?: '1.1' | '2';
  /** TCP only: bytes of the answer, and milliseconds from connecting until the first of them. */
  readonly tcp?: { readonly answerBytes: number; readonly firstByteMs?: number };
  /** Milliseconds from the first byte sent to the end of the answer. */
  readonly durationMs: number;
  /** The caller itself gave the call up: it was told to cancel, or the call's deadline passed. */
  readonly gaveUp?: 'cancelled' | 'deadline';
  /** Why it failed, in words. */
  readonly error?: string;
}

/** Whether anything came back: an answer that begins, or a connection that came to its end in good order. */
export function wasAnswered({ ok, httpStatus, tcp }: CallOutcome): boolean {
  return ok || httpStatus !== 0 || (tcp?.answerBytes ?? 0) > 0;
}
