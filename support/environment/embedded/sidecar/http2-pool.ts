import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type Http2Session,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import { IDLE_TIMEOUT_MS } from './http1-pool.js';

/** Bytes of one stream that may be on their way before its reader has taken them. */
export const STREAM_WINDOW = 1024 * 1024;
/** The same for all streams of a connection together. */
export const CONNECTION_WINDOW = 16 * 1024 * 1024;
/** Limit of Envoy (60 KiB) for a header block. */
export const HEADER_BLOCK_LIMIT = 60 * 1024;

/** Both ends of HTTP/2 use the same limits. Megabytes for the memory of a session, whose default (10) many streams exceed. */
export const SESSION_LIMITS = {
  maxSessionMemory: 512,
  maxHeaderListPairs: 1000,
  maxSendHeaderBlockLength: 2 * HEADER_BLOCK_LIMIT,
} as const;

interface Pooled {
  readonly session: ClientHttp2Session;
  streams: number;
}

/**
 * HTTP/2 connections to one upstream, multiplexed between all clients. A further connection is opened only when the
 * upstream's SETTINGS_MAX_CONCURRENT_STREAMS is reached; one that got a GOAWAY finishes its streams and takes no more.
 */
export class Http2Pool {
  readonly #dial: () => Promise<Socket>;
  readonly #pooled = new Set<Pooled>();
  readonly #lost = new WeakSet<Http2Session>();
  #opening: Promise<void> | undefined;

  constructor(dial: () => Promise<Socket>) {
    this.#dial = dial;
  }

  /**
   * Starts a request on a connection that has room, or on a new one.
   *
   * @throws UpstreamFailure there is no connection
   */
  async request(fields: OutgoingHttpHeaders, options: RequestOptions): Promise<ClientHttp2Stream> {
    for (;;) {
      const stream = this.requestAtOnce(fields, options);
      if (stream !== undefined) return stream;
      this.#opening ??= this.#open().finally(() => {
        this.#opening = undefined;
      });
      await this.#opening;
    }
  }

  /** Starts a request if an open connection has room. */
  requestAtOnce(fields: OutgoingHttpHeaders, options: RequestOptions): ClientHttp2Stream | undefined {
    for (const pooled of this.#pooled) {
      const { session } = pooled;
      if (session.closed || session.destroyed) this.#pooled.delete(pooled);
      else if (pooled.streams < (session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY)) {
        const stream = session.request(fields, options);
        pooled.streams++;
        stream.once('close', () => pooled.streams--);
        return stream;
      }
    }
    return undefined;
  }

  /** Whether a stream ended because its connection did. */
  isLost(session: Http2Session | undefined): boolean {
    return session === undefined || this.#lost.has(session);
  }

  async #open(): Promise<void> {
    const socket = await this.#dial();
    const session = connect('http://upstream', {
      ...SESSION_LIMITS,
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: HEADER_BLOCK_LIMIT },
    });
    const pooled: Pooled = { session, streams: 0 };
    const leave = (): void => {
      this.#pooled.delete(pooled);
    };
    // Ahead of the session's own listener, which closes its streams: they can tell then why.
    socket.prependOnceListener('close', () => this.#lost.add(session));
    session.on('error', leave);
    session.on('goaway', leave);
    session.on('close', leave);
    session.setTimeout(IDLE_TIMEOUT_MS, () => session.close());
    session.setLocalWindowSize(CONNECTION_WINDOW);
    this.#pooled.add(pooled);
  }
}

interface RequestOptions {
  readonly endStream: boolean;
  readonly waitForTrailers: boolean;
}
