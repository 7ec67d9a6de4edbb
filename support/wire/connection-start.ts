import type { ConnectionJournal } from './connection-journal.js';
import type { ConnectionStage, NextStage } from './connection-stage.js';
import { StartDetector } from './detect.js';
import { GrowingBytes } from './growing-bytes.js';
import { FRAME_HEADER_BYTES, looksLikeHttp2Frame } from './http2-frame-header.js';

/** Waits until it is clear what a connection is, or what it became after an offered upgrade. */
export class ConnectionStart implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  readonly #afterUpgrade: boolean;
  readonly #detector = new StartDetector();
  readonly #kept = new GrowingBytes();

  constructor(journal: ConnectionJournal, options: { readonly afterUpgrade: boolean }) {
    this.#journal = journal;
    this.#afterUpgrade = options.afterUpgrade;
  }

  push(data: Buffer): { next: NextStage; data: Buffer } | undefined {
    let bytes = data;
    if (this.#kept.length > 0) {
      this.#kept.append(data);
      bytes = this.#kept.bytes;
    }
    const next = this.#decide(this.#detector.push(data), bytes);
    if (next !== undefined) return { next, data: bytes };
    if (this.#kept.length === 0) this.#kept.append(data);
    return undefined;
  }

  flush(): void {}

  end(): void {
    if (this.#kept.length === 0) return;
    this.#journal.undecoded(
      this.#afterUpgrade ? 'upgraded' : 'no-http',
      this.#kept.bytes,
      'the connection ended before it was clear what it carried',
    );
  }

  #decide(start: ReturnType<StartDetector['push']>, bytes: Buffer): NextStage | undefined {
    switch (start) {
      case 'more':
        return undefined;
      case 'http1':
      case 'http2':
        return start;
      case 'tls':
        return this.#afterUpgrade ? 'upgraded' : 'tls';
      case 'unknown':
        if (this.#afterUpgrade) return 'upgraded';
        // No frame that clients usually send is so long that its first octet is set.
        if (bytes[0] !== 0) return 'no-http';
        if (bytes.length < FRAME_HEADER_BYTES) return undefined;
        return looksLikeHttp2Frame(bytes) ? 'http2-without-preface' : 'no-http';
    }
  }
}
