import { type JournalRecord, now } from '../model/journal.js';
import { ConnectionJournal } from './connection-journal.js';
import type { ConnectionEnd, ConnectionStage, NextStage } from './connection-stage.js';
import { ConnectionStart } from './connection-start.js';
import { Http1Requests } from './http1-requests.js';
import { Http2Requests } from './http2-requests.js';
import { TcpBytes } from './tcp-call.js';
import { Http2WithoutPreface, OpaqueBytes, TlsConnection } from './undecoded-stages.js';

/** gRPC messages that announce more are taken for garbage. */
const LARGEST_GRPC_MESSAGE_BYTES = 256 * 1024 * 1024;

export interface RequestDecoderOptions {
  /** Number of the connection in the journal. */
  readonly connection: number;
  /** Gives out the numbers of exchanges. */
  readonly nextExchange: () => number;
  readonly journal: (record: JournalRecord) => void;
  /** Milliseconds since the epoch; the time of a record is when it is written. */
  readonly now?: () => number;
  /** Bytes; default 256 MiB. */
  readonly largestGrpcMessage?: number;
}

/**
 * Journals what a client sent on one TCP connection, from its bytes alone: HTTP/1.1, HTTP/2, gRPC and gRPC-Web are
 * decoded, and so are calls over raw TCP; everything else is kept as raw bytes. It answers nothing, takes part in nothing and never fails: what cannot
 * be decoded becomes a `raw` record that says why, and breaks off the requests that were under way.
 *
 * The records depend on the bytes only, not on how they are cut. Each is written by the `push` or `end` that makes it
 * certain. Memory is bounded however long a message is: bodies are digested as they arrive.
 *
 * After an `Upgrade` that the client offered, its next bytes tell whether the server agreed (the answer is not seen):
 * another HTTP/1.1 request, HTTP/2 (`h2c`), the frames of a WebSocket, which become the request's messages, or another protocol.
 */
export class RequestDecoder {
  readonly #journal: ConnectionJournal;
  readonly #largestGrpcMessage: number;
  #stage: ConnectionStage;
  #upgradeOffered = false;
  #ended = false;

  constructor(options: RequestDecoderOptions) {
    this.#journal = new ConnectionJournal({ ...options, now: options.now ?? now });
    this.#largestGrpcMessage = options.largestGrpcMessage ?? LARGEST_GRPC_MESSAGE_BYTES;
    this.#stage = new ConnectionStart(this.#journal, { afterUpgrade: false });
  }

  /** The next bytes, in the order in which they arrived. They may be reused once this returns. */
  push(data: Uint8Array): void {
    if (this.#ended) return;
    let rest = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    while (rest.length > 0) {
      const handover = this.#stage.push(rest);
      if (handover === undefined) return;
      const { next } = handover;
      this.#stage = typeof next === 'string' ? this.#stageOf(next) : next;
      rest = handover.data;
    }
  }

  /**
   * Writes the `raw` records of the undecoded bytes so far, for a verdict on a connection that stays open. If more come,
   * they make further records, so that the records of a reason, joined, are its bytes.
   */
  flush(): void {
    if (!this.#ended) this.#stage.flush();
  }

  /** The connection is over: writes what is left, and `connection-closed` last. Later calls do nothing. */
  end(how: ConnectionEnd, detail?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stage.end(how, detail);
    this.#journal.writeUndecoded();
    this.#journal.write({ kind: 'connection-closed', how, ...(detail === undefined ? {} : { detail }) });
  }

  #stageOf(next: NextStage): ConnectionStage {
    switch (next) {
      case 'http1':
        return new Http1Requests(this.#journal, this.#largestGrpcMessage);
      case 'http2':
        return new Http2Requests(this.#journal, this.#largestGrpcMessage, this.#upgradeOffered ? 1 : 0);
      case 'tls':
        return new TlsConnection(this.#journal);
      case 'http2-without-preface':
        return new Http2WithoutPreface(this.#journal);
      case 'after-upgrade':
        this.#upgradeOffered = true;
        return new ConnectionStart(this.#journal, { afterUpgrade: true });
      case 'no-http':
        return new TcpBytes(this.#journal);
      case 'upgraded':
        return new OpaqueBytes(this.#journal, next);
    }
  }
}
