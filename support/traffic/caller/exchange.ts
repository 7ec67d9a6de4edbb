import type { Bytes } from '../../model/bytes.js';
import type { CallOutcome, CallPlan } from '../../model/call.js';
import type { Header, MessageForm } from '../../model/journal.js';
import type { TcpStart } from './tcp-exchange.js';
import type { WebSocketStart } from './websocket-exchange.js';

export type Target = CallPlan['target'];

/** One way of speaking to one target: one class per protocol. Writes the caller's journal as it goes. */
export interface ProtocolClient {
  /**
   * HTTP/1.1 only: how many connections may be open at once. One carries one exchange at a time, so a `shared` batch
   * uses a pool of as many connections as calls are in flight; the other protocols use one connection.
   */
  maxConnections?: number;
  /** Opens a connection ahead of any call, where none is open. Throws `EnvironmentError` if that fails. */
  connect(timeoutMs: number): Promise<ConnectionAddresses>;
  /** Begins one exchange. What goes wrong is told by its outcome; throws only for a request that cannot be expressed. */
  start(call: CallStart): Promise<Exchange>;
  /** Closes the connections and waits until they are closed. */
  close(): Promise<void>;
}

/** Addresses as `ip:port`. */
export interface ConnectionAddresses {
  readonly local: string;
  readonly remote: string;
}

/** One call in progress: its messages are given one by one. */
export interface Exchange {
  /** Sends a message; with `last` also the half-close. Resolves once it is written, or cannot be any more; never rejects. */
  send(message: OutgoingMessage, last: boolean): Promise<void>;
  /** The half-close, where the last message was not known to be the last. */
  end(): void;
  /** Breaks the exchange off as the protocol lets a caller do it: RST_STREAM, or the end of the connection. Its outcome says so. */
  cancel(): void;
  /** Settles when the exchange is over; never rejects. */
  readonly outcome: Promise<CallOutcome>;
}

export interface OutgoingMessage {
  /** As it stands in the body: with its framing, if the body has one. */
  readonly data: Buffer;
  /** The summary of the message, without framing; made once for a batch of equal calls. */
  readonly bytes: Bytes;
  /** WebSocket only. */
  readonly form?: MessageForm;
}

/** What must be known to begin an exchange. */
export interface CallStart {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  /** In the order in which they are sent, the call's id among them. Names as given. */
  readonly headers: readonly Header[];
  /** Bytes of the request body; `undefined` if it is sent in several pieces. */
  readonly contentLength: number | undefined;
  /** Trailers of the request; plain HTTP only. */
  readonly trailers?: readonly Header[];
  /** Milliseconds for the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** TCP only. */
  readonly tcp?: TcpStart;
  /** WebSocket only. */
  readonly webSocket?: WebSocketStart;
  /** gRPC and gRPC-Web only. */
  readonly grpc?: {
    /** The method answers with exactly one message. */
    readonly singleResponse: boolean;
    readonly webForm: 'binary' | 'text';
  };
}
