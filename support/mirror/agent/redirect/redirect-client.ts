import type { NewConnection, NewRequest } from '../../agent-protocol.js';
import { BoundedClient, type BoundedStream, type LossListener, type StreamEvent } from '../bounded-client.js';

/** New connections and requests that may wait (mirrord 3.250 incoming/task.rs). */
export const NEW_STREAMS = 32;
/** Pieces of one connection or body that may wait (mirrord 3.250 incoming/connection: `broadcast::channel(32)`). */
export const PIECES_PER_STREAM = 32;

/** What a mirrored stream is. */
export type RedirectHead =
  | ({ readonly kind: 'connection' } & NewConnection)
  /** One HTTP request. */
  | ({ readonly kind: 'request' } & NewRequest);

/** A piece of a mirrored stream. */
export type RedirectItem =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** Names and values in turn. */
  | { readonly kind: 'trailers'; readonly fields: readonly string[] }
  /** End of a body, or half-close. */
  | { readonly kind: 'end' }
  /** The application agreed to change the protocol. */
  | { readonly kind: 'upgraded' }
  /** The original broke off. */
  | { readonly kind: 'failed'; readonly reason: string };

export type RedirectEvent = StreamEvent<RedirectHead, RedirectItem>;

/** The redirecting agent's side of one client, with mirrord's bounds. */
export class RedirectClient extends BoundedClient<RedirectHead, RedirectItem> {
  constructor(losses: LossListener<RedirectHead>) {
    super({ streams: NEW_STREAMS, items: PIECES_PER_STREAM }, losses);
  }
}

/** Takes the copy of one connection or request, piece by piece. Never waits, never fails. */
export class MirrorTap {
  readonly #stream: BoundedStream<RedirectHead, RedirectItem> | undefined;
  readonly #onPiece: () => void;
  #closed = false;

  /** @param stream absent: nobody wants a copy. @param onPiece called after each piece. */
  constructor(stream: BoundedStream<RedirectHead, RedirectItem> | undefined, onPiece: () => void) {
    this.#stream = stream;
    this.#onPiece = onPiece;
  }

  /** @param bytes are kept. */
  data(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#push({ kind: 'data', bytes });
  }

  trailers(fields: readonly string[]): void {
    if (fields.length > 0) this.#push({ kind: 'trailers', fields });
  }

  end(): void {
    this.#push({ kind: 'end' });
  }

  upgraded(): void {
    this.#push({ kind: 'upgraded' });
  }

  /** The original is over. @param failure why, if it broke off. */
  close(failure?: string): void {
    if (this.#closed) return;
    if (failure !== undefined) this.#push({ kind: 'failed', reason: failure });
    this.#closed = true;
    this.#stream?.end();
    this.#onPiece();
  }

  #push(item: RedirectItem): void {
    if (this.#closed || this.#stream === undefined) return;
    this.#stream.push(item);
    this.#onPiece();
  }
}
