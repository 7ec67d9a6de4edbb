import { BytesDigest } from '../model/bytes.js';
import type { ConnectionJournal, RawReason } from './connection-journal.js';
import type { ConnectionStage } from './connection-stage.js';
import type { Http2FrameHeader } from './http2-frame-header.js';
import { Http2FrameParser } from './http2-frames.js';
import { http2FrameName, isKnownHttp2Frame } from './http2-names.js';
import { ClientHelloReader } from './tls.js';

/** Bytes that are no HTTP, or no longer. */
export class OpaqueBytes implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  readonly #reason: RawReason;

  constructor(journal: ConnectionJournal, reason: RawReason) {
    this.#journal = journal;
    this.#reason = reason;
  }

  push(data: Buffer): undefined {
    this.#journal.undecoded(this.#reason, data);
  }

  flush(): void {
    this.#journal.writeUndecoded();
  }

  end(): void {}
}

/**
 * A TLS connection. Its record is written as soon as the ClientHello (or a first record that is none) is complete: a
 * mesh keeps its connections open, and the record is the evidence for an encrypted interface. What follows is
 * ciphertext, and is not kept.
 */
export class TlsConnection implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  readonly #reader = new ClientHelloReader();
  readonly #start = new BytesDigest();
  #written = false;

  constructor(journal: ConnectionJournal) {
    this.#journal = journal;
  }

  push(data: Buffer): undefined {
    if (this.#written) return;
    this.#start.update(data.subarray(0, this.#reader.push(data)));
    if (this.#reader.done) this.#write();
  }

  flush(): void {}

  end(): void {
    if (!this.#written) this.#write();
  }

  #write(): void {
    this.#written = true;
    const { hello } = this.#reader;
    const body = this.#start.finish();
    if (hello === undefined)
      this.#journal.writeRaw({
        reason: 'tls',
        body,
        detail: 'the first record of a TLS connection without its ClientHello',
      });
    else this.#journal.writeRaw({ reason: 'tls', body, detail: 'the ClientHello of a TLS connection', tls: hello });
  }
}

/**
 * A connection that starts like HTTP/2 in its midst. Nothing of it can be decoded, because the header compression
 * depends on everything before; the frames that went by are named.
 */
export class Http2WithoutPreface implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  #digest = new BytesDigest();
  readonly #seen = new Map<number, number>();
  #frames = 0;
  #sound = true;
  readonly #parser = new Http2FrameParser(
    {
      frame: (header: Http2FrameHeader) => this.#count(header),
      headers: () => {},
      data: () => {},
      endStream: () => {},
      resetStream: () => {},
      malformed: () => {
        this.#sound = false;
      },
      undecoded: () => {},
    },
    { preface: false },
  );

  constructor(journal: ConnectionJournal) {
    this.#journal = journal;
  }

  push(data: Buffer): undefined {
    this.#digest.update(data);
    this.#parser.push(data);
  }

  flush(): void {
    if (this.#digest.length === 0) return;
    const body = this.#digest.finish();
    this.#digest = new BytesDigest();
    // One plausible frame header with nonsense behind it was a coincidence.
    if (!this.#sound && this.#frames < 2) {
      this.#journal.writeRaw({ reason: 'no-http', body });
      return;
    }
    const names = [...this.#seen].map(([type, count]) => `${count} × ${http2FrameName(type)}`);
    this.#journal.writeRaw({
      reason: 'missing-preface',
      body,
      detail: `HTTP/2 frames without a connection preface: ${names.join(', ')}`,
    });
  }

  end(): void {
    this.flush();
  }

  #count({ type }: Http2FrameHeader): void {
    if (!isKnownHttp2Frame(type)) this.#sound = false;
    if (!this.#sound) return;
    this.#frames++;
    this.#seen.set(type, (this.#seen.get(type) ?? 0) + 1);
  }
}
