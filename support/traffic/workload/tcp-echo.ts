import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { BytesDigest } from '../../model/bytes.js';
import { OWN_RESET } from '../../model/call.js';
import { readTcpCall, TCP_METHOD, type TcpCallHead } from '../../model/tcp-call.js';
import { type Listener, listen } from './listener.js';
import type { ConnectionJournal, ExchangeJournal, ServerJournal } from './server-journal.js';
import { type TcpOperation, tcpOperationOf } from './tcp-operation.js';

/** Serves raw TCP: answers with the bytes that it is sent, as the call's line asks for. @param greeting is said first. */
export function serveTcp(
  address: { readonly host: string; readonly port: number },
  journal: ServerJournal,
  greeting = '',
): Promise<Listener> {
  return listen(address, journal, (socket, connection) => {
    socket.allowHalfOpen = true;
    new TcpConnection(socket, connection, Buffer.from(greeting, 'utf8'));
  });
}

/** One connection: one call. Without a call's id its bytes come back as they arrive, and are kept as raw ones. */
class TcpConnection {
  readonly #socket: Socket;
  readonly #connection: ConnectionJournal;
  readonly #received = new BytesDigest();
  readonly #answered = new BytesDigest();
  /** The beginning, until it is clear which call it is. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #journal: ExchangeJournal | undefined;
  #operation: TcpOperation = tcpOperationOf('');
  /** What is answered when the message is complete. */
  readonly #collected: Buffer[] = [];
  #isAnswering = false;
  #isOver = false;

  constructor(socket: Socket, connection: ConnectionJournal, greeting: Buffer) {
    this.#socket = socket;
    this.#connection = connection;
    this.#write(greeting);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('close', () => this.#onClose());
  }

  #onData(chunk: Buffer): void {
    if (this.#head === undefined) {
      this.#take(chunk);
      return;
    }
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const found = readTcpCall(this.#head);
    if (found === 'more') return;
    const head = this.#head;
    this.#head = undefined;
    if (typeof found !== 'string') this.#begin(found);
    this.#take(typeof found === 'string' ? head : head.subarray(found.bodyStart));
  }

  #begin({ call, operation }: TcpCallHead): void {
    this.#operation = tcpOperationOf(operation);
    this.#journal = this.#connection.begin({
      protocol: 'TCP',
      method: TCP_METHOD,
      path: operation,
      authority: undefined,
      headers: [],
      call,
    });
  }

  #take(chunk: Buffer): void {
    this.#received.update(chunk);
    const { interaction, ending, length } = this.#operation;
    if (interaction === 'bidi-streaming') this.#write(chunk);
    else this.#collected.push(chunk);
    if (ending !== 'half-close' && this.#received.length >= length) void this.#answer();
  }

  #onEnd(): void {
    if (this.#head !== undefined && this.#head.length > 0) {
      const head = this.#head;
      this.#head = undefined;
      this.#take(head);
    }
    if (this.#journal !== undefined && !this.#isOver) {
      if (this.#received.length > 0) this.#journal.message('request', this.#received.finish());
      this.#journal.end('request');
    }
    void this.#answer();
  }

  async #answer(): Promise<void> {
    if (this.#isAnswering) return;
    this.#isAnswering = true;
    const { interaction, ending, messages, intervalMs } = this.#operation;
    if (ending === 'workload-resets') return this.#reset();
    if (interaction !== 'bidi-streaming') {
      const body = Buffer.concat(this.#collected);
      const count = interaction === 'server-streaming' ? messages : 1;
      for (let answer = 0; answer < count && !this.#socket.destroyed; answer++) {
        if (answer > 0 && intervalMs > 0) await delay(intervalMs);
        this.#write(body);
      }
    }
    // Whoever is to reset the connection needs one that is open.
    if (ending !== 'caller-resets') this.#close();
  }

  #close(): void {
    this.#socket.end(() => {
      if (this.#journal === undefined) return;
      if (this.#answered.length > 0) this.#journal.message('response', this.#answered.finish());
      this.#journal.end('response');
    });
  }

  #reset(): void {
    this.#breakOff(OWN_RESET, 'the workload reset the connection, as it was told to');
    this.#socket.resetAndDestroy();
  }

  #onClose(): void {
    if (this.#journal === undefined) {
      if (this.#received.length > 0 && !this.#isOver) {
        this.#connection.raw(this.#received.finish(), 'no-http', 'bytes without the id of a call');
      }
      this.#isOver = true;
      return;
    }
    if (this.#journal.hasEnded('request') && this.#journal.hasEnded('response')) return;
    this.#breakOff(this.#connection.lossCode, this.#connection.lossDetail);
  }

  #breakOff(code: string, detail: string): void {
    if (this.#isOver || this.#journal === undefined) return;
    this.#isOver = true;
    const expected = this.#operation.length;
    if (!this.#journal.hasEnded('request') && this.#received.length > 0) {
      this.#journal.partialMessage('request', this.#received.finish(), expected);
    }
    if (!this.#journal.hasEnded('response') && this.#answered.length > 0) {
      this.#journal.partialMessage('response', this.#answered.finish(), undefined);
    }
    this.#journal.reset(code, detail);
  }

  #write(bytes: Buffer): void {
    if (bytes.length === 0 || this.#socket.destroyed) return;
    this.#answered.update(bytes);
    if (this.#socket.write(bytes)) return;
    this.#socket.pause();
    this.#socket.once('drain', () => this.#socket.resume());
  }
}
