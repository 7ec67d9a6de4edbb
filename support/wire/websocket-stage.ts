import type { ConnectionJournal } from './connection-journal.js';
import { type ConnectionEnd, type ConnectionStage, type Handover, resetOf } from './connection-stage.js';
import type { Exchange } from './exchange.js';
import { areFrames } from './websocket-frames.js';

/**
 * What comes behind an offer to become a WebSocket. The answer is not seen: frames say that the server agreed, another request that it
 * did not.
 */
export class WebSocketStage implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  readonly #exchange: Exchange;
  #kept = Buffer.alloc(0);
  #agreed = false;

  /** @param exchange began with the offer */
  constructor(journal: ConnectionJournal, exchange: Exchange) {
    this.#journal = journal;
    this.#exchange = exchange;
  }

  push(data: Buffer): Handover | undefined {
    let bytes = data;
    if (!this.#agreed) {
      bytes = this.#kept.length === 0 ? data : Buffer.concat([this.#kept, data]);
      const frames = areFrames(bytes);
      if (frames === 'more') {
        this.#kept = Buffer.from(bytes);
        return undefined;
      }
      if (!frames) {
        this.#exchange.end();
        return { next: 'http1', data: bytes };
      }
      this.#agreed = true;
    }
    this.#exchange.data(bytes);
    return undefined;
  }

  flush(): void {
    this.#journal.writeUndecoded();
  }

  end(how: ConnectionEnd, detail: string | undefined): void {
    // A connection that ends in order before any frame is the end of a request whose offer was declined.
    if (!this.#agreed && how === 'fin') this.#exchange.end();
    else this.#exchange.breakOff(...resetOf(how, detail));
  }
}
