import type { Socket } from 'node:net';
import { BytesDigest } from '../../model/bytes.js';
import { type CallOutcome, OWN_RESET, type TcpEnding } from '../../model/call.js';
import { TCP_METHOD, tcpCallLine, withCallId } from '../../model/tcp-call.js';
import type { CallerJournal, ExchangeJournal } from './caller-journal.js';
import type { CallStart, Exchange, OutgoingMessage } from './exchange.js';
import { cancelledFailure, deadlineFailure, type Failure, failureOf, gaveUp } from './failure.js';

/** What a call over TCP needs beside its messages. */
export interface TcpStart {
  readonly ending: TcpEnding;
  /** Say the line with the call's id first. Otherwise the id stands in a message. */
  readonly line: boolean;
  /** Bytes that the workload says before the caller does. */
  readonly greetingBytes: number;
  /** Bytes of the answer, the greeting not counted, after which a caller resets that is to reset. */
  readonly answerBytes: number;
}

/** One call over raw TCP. What is sent, and what is answered, is one message each, however many pieces it comes in. */
export class TcpExchange implements Exchange {
  readonly outcome: Promise<CallOutcome>;
  readonly #socket: Socket;
  readonly #call: CallStart;
  readonly #tcp: TcpStart;
  readonly #callerJournal: CallerJournal;
  readonly #deadline: NodeJS.Timeout;
  readonly #sent = new BytesDigest();
  readonly #answer = new BytesDigest();
  readonly #startedAt = performance.now();
  #settle: (outcome: CallOutcome) => void = () => undefined;
  /** Resolves when the caller may speak, or never will. */
  readonly #maySpeak: Promise<void>;
  #speak: () => void = () => undefined;
  #journal: ExchangeJournal | undefined;
  #firstByteMs: number | undefined;
  #saidAll = false;
  #requestEnded = false;
  #answerEnded = false;
  #settled = false;

  constructor(socket: Socket, journal: CallerJournal, call: CallStart) {
    if (call.tcp === undefined) throw new Error('a call over TCP cannot be made without its manner');
    this.#socket = socket;
    this.#call = call;
    this.#tcp = call.tcp;
    this.#callerJournal = journal;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#maySpeak = new Promise((resolve) => {
      this.#speak = resolve;
    });
    socket.on('data', (chunk: Buffer) => this.#onAnswer(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('error', (error) => this.#fail(failureOf(error)));
    socket.on('close', () => this.#onClose());
    if (socket.readyState === 'opening') socket.once('connect', () => this.#begin());
    else if (socket.destroyed) process.nextTick(() => this.#onClose());
    else this.#begin();
    this.#deadline = setTimeout(() => this.#fail(deadlineFailure(call.timeoutMs)), call.timeoutMs);
  }

  async send(message: OutgoingMessage, last: boolean): Promise<void> {
    await this.#maySpeak;
    if (this.#settled) return;
    const data = withCallId(message.data, this.#call.id);
    const written = new Promise<void>((resolve) => {
      this.#socket.write(data, (error) => {
        if (error == null && !this.#settled) this.#sent.update(data);
        resolve();
      });
      this.#socket.once('close', resolve);
    });
    if (last) this.#saidLast();
    await written;
    if (last) this.#resetIfAnswered();
  }

  end(): void {
    void this.#maySpeak.then(() => {
      if (this.#settled) return;
      this.#saidLast();
      this.#resetIfAnswered();
    });
  }

  cancel(): void {
    this.#fail(cancelledFailure());
  }

  #begin(): void {
    this.#beginJournal();
    if (this.#tcp.greetingBytes === 0) this.#startSpeaking();
  }

  #startSpeaking(): void {
    if (this.#tcp.line) this.#socket.write(tcpCallLine(this.#call.id, this.#call.path));
    this.#speak();
  }

  #beginJournal(): ExchangeJournal {
    const { id: call, path } = this.#call;
    this.#journal ??= this.#callerJournal.begin(
      this.#callerJournal.watch(this.#socket),
      { protocol: 'TCP', method: TCP_METHOD, path, headers: [] },
      call,
    );
    return this.#journal;
  }

  #saidLast(): void {
    this.#saidAll = true;
    if (this.#tcp.ending === 'half-close') this.#endRequest();
  }

  #endRequest(): void {
    if (this.#requestEnded) return;
    this.#requestEnded = true;
    this.#socket.end(() => {
      if (this.#settled) return;
      const journal = this.#beginJournal();
      if (this.#sent.length > 0) journal.message('request', this.#sent.finish());
      journal.end('request');
      this.#succeedIfOver();
    });
  }

  #onAnswer(chunk: Buffer): void {
    if (this.#settled) return;
    this.#firstByteMs ??= performance.now() - this.#startedAt;
    const before = this.#answer.length;
    this.#answer.update(chunk);
    const { greetingBytes } = this.#tcp;
    if (before < greetingBytes && this.#answer.length >= greetingBytes) this.#startSpeaking();
    this.#resetIfAnswered();
  }

  #resetIfAnswered(): void {
    const { ending, answerBytes, greetingBytes } = this.#tcp;
    if (ending !== 'caller-resets' || !this.#saidAll || this.#settled) return;
    if (this.#answer.length < greetingBytes + answerBytes) return;
    this.#fail({ code: OWN_RESET, detail: 'the caller reset the connection, as it was told to', error: '' });
  }

  #onEnd(): void {
    if (this.#settled) return;
    this.#answerEnded = true;
    // The other side has closed first: there is nobody to talk to.
    this.#endRequest();
    this.#succeedIfOver();
  }

  #succeedIfOver(): void {
    if (!this.#answerEnded || !this.#socket.writableFinished || this.#settled) return;
    const journal = this.#beginJournal();
    const { length } = this.#answer;
    if (length > 0) journal.message('response', this.#answer.finish());
    journal.end('response');
    this.#finish({ ok: true }, length);
  }

  #onClose(): void {
    this.#fail(failureOf(Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' })));
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    const { code, detail, error } = failure;
    const journal = this.#beginJournal();
    const { length } = this.#answer;
    if (!this.#socket.writableFinished && this.#sent.length > 0) {
      journal.partialMessage('request', this.#sent.finish(), undefined);
    }
    if (length > 0) journal.partialMessage('response', this.#answer.finish(), undefined);
    journal.reset(code, detail);
    this.#finish(error === '' ? { ok: true } : { ok: false, ...gaveUp(failure), error }, length);
    if (code === OWN_RESET) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  #finish(result: Pick<CallOutcome, 'ok' | 'error' | 'gaveUp'>, answerBytes: number): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    this.#speak();
    const firstByteMs = this.#firstByteMs;
    this.#settle({
      id: this.#call.id,
      httpStatus: 0,
      tcp: { answerBytes, ...(firstByteMs === undefined ? {} : { firstByteMs }) },
      durationMs: performance.now() - this.#startedAt,
      ...result,
    });
  }
}
