import { BytesDigest } from '../model/bytes.js';
import { readTcpCall, TCP_METHOD, type TcpCallHead } from '../model/tcp-call.js';
import type { ConnectionJournal } from './connection-journal.js';
import { type ConnectionEnd, type ConnectionStage, resetOf } from './connection-stage.js';
import { writeReset } from './exchange.js';
import { GrowingBytes } from './growing-bytes.js';

interface Call {
  readonly exchange: number;
  readonly body: BytesDigest;
}

/**
 * Bytes that are no HTTP. With a call's id in them they are a call over TCP: all that is said on the connection is its one message,
 * and the end of the connection is its half-close. Without one they are raw bytes.
 */
export class TcpBytes implements ConnectionStage {
  readonly #journal: ConnectionJournal;
  /** The beginning, until it is clear whether it is a call. */
  #head: GrowingBytes | undefined = new GrowingBytes();
  #call: Call | undefined;
  #toldLength = 0;

  constructor(journal: ConnectionJournal) {
    this.#journal = journal;
  }

  push(data: Buffer): undefined {
    if (this.#head === undefined) {
      if (this.#call === undefined) this.#journal.undecoded('no-http', data);
      else this.#call.body.update(data);
      return;
    }
    this.#head.append(data);
    const found = readTcpCall(this.#head.bytes);
    if (found === 'none') this.#giveUp();
    else if (typeof found !== 'string') this.#begin(found, this.#head.bytes);
  }

  flush(): void {
    if (this.#head !== undefined && readTcpCall(this.#head.bytes) === 'unknown') this.#giveUp();
    this.#journal.writeUndecoded();
    if (this.#call !== undefined) this.#tellSoFar(this.#call);
  }

  end(how: ConnectionEnd, detail: string | undefined): void {
    if (this.#head !== undefined) this.#giveUp();
    if (this.#call === undefined) return;
    const { exchange, body } = this.#call;
    const place = { exchange, direction: 'request' } as const;
    const message = body.length === 0 ? undefined : { index: 0, body: body.finish() };
    if (how === 'fin') {
      if (message !== undefined) this.#journal.write({ kind: 'message', ...place, ...message });
      this.#journal.write({ kind: 'end', ...place });
      return;
    }
    if (message !== undefined) this.#journal.write({ kind: 'partial-message', ...place, ...message });
    writeReset(this.#journal, exchange, ...resetOf(how, detail));
  }

  #tellSoFar({ exchange, body }: Call): void {
    if (body.length === this.#toldLength) return;
    this.#toldLength = body.length;
    this.#journal.write({ kind: 'partial-message', exchange, direction: 'request', index: 0, body: body.soFar() });
  }

  #begin({ call, operation, bodyStart }: TcpCallHead, head: Buffer): void {
    const exchange = this.#journal.nextExchange();
    this.#call = { exchange, body: new BytesDigest() };
    this.#head = undefined;
    this.#journal.write({
      kind: 'request',
      exchange,
      call,
      protocol: 'TCP',
      method: TCP_METHOD,
      path: operation,
      headers: [],
    });
    this.#call.body.update(head.subarray(bodyStart));
  }

  #giveUp(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined && head.length > 0) this.#journal.undecoded('no-http', head.bytes);
  }
}
