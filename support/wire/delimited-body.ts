import type { BodyFraming } from '../model/body-framing.js';
import { EventCutter } from './event-cutter.js';

/** Told of the messages of a body, piece by piece as they come. */
export interface MessageSink {
  /** More of the message that is under way; the first piece begins it, and may be empty. */
  piece(data: Uint8Array): void;
  complete(): void;
  /** Called once: the rest of the body makes no messages. @param rest what of it is here */
  malformed(detail: string, rest: Uint8Array): void;
}

/** Cuts a body that comes in pieces into messages. It keeps none of them. */
export interface BodyCutter {
  push(data: Uint8Array): void;
  /** The body has come to its end. */
  end(): void;
  /** The body ends before its end: what was kept of an unfinished message is told. */
  cut(): void;
  /** Bytes of the message that is under way, where it said so. */
  readonly announced: number | undefined;
}

const LINE_END = 0x0a;
const PREFIX_BYTES = 4;

/** @param largestMessage bytes; a message that announces more is taken for garbage */
export function bodyCutter(framing: BodyFraming, sink: MessageSink, largestMessage: number): BodyCutter {
  switch (framing) {
    case 'whole':
      return new WholeCutter(sink);
    case 'lines':
      return new LineCutter(sink);
    case 'length-prefixed':
      return new PrefixCutter(sink, largestMessage);
    case 'events':
      return new EventCutter(sink);
  }
}

/** A message as it stands in a body. `events`: UTF-8 text. `lines`: without a line end, and not empty. */
export function framedMessage(framing: BodyFraming, message: Buffer): Buffer {
  switch (framing) {
    case 'whole':
      return message;
    case 'lines':
      return Buffer.concat([message, Buffer.of(LINE_END)]);
    case 'length-prefixed': {
      const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
      framed.writeUInt32BE(message.length, 0);
      message.copy(framed, PREFIX_BYTES);
      return framed;
    }
    case 'events': {
      const lines = message.toString('utf8').split(/\r\n|\r|\n/);
      return Buffer.from(`${lines.map((line) => `data: ${line}\n`).join('')}\n`);
    }
  }
}

/** Why a message cannot stand in such a body; `undefined` if it can. */
export function whyNotFramed(framing: BodyFraming, message: Uint8Array): string | undefined {
  if (framing === 'lines') {
    if (message.length === 0) return 'an empty message is no line';
    if (message.includes(LINE_END)) return 'a message with a line end is no line';
  }
  if (framing === 'events') {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(message);
    } catch {
      return 'a server-sent event is text, and the message is no UTF-8';
    }
  }
  return undefined;
}

class WholeCutter implements BodyCutter {
  readonly #sink: MessageSink;
  #began = false;
  readonly announced = undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  push(data: Uint8Array): void {
    if (data.length === 0) return;
    this.#began = true;
    this.#sink.piece(data);
  }

  end(): void {
    if (this.#began) this.#sink.complete();
  }

  cut(): void {}
}

class LineCutter implements BodyCutter {
  readonly #sink: MessageSink;
  #began = false;
  readonly announced = undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  push(data: Uint8Array): void {
    let at = 0;
    while (at < data.length) {
      const found = data.indexOf(LINE_END, at);
      const to = found < 0 ? data.length : found;
      if (to > at) {
        this.#began = true;
        this.#sink.piece(data.subarray(at, to));
      }
      if (found < 0) return;
      this.end();
      at = found + 1;
    }
  }

  /** Ends the line; the last one may lack its line end. */
  end(): void {
    if (this.#began) this.#sink.complete();
    this.#began = false;
  }

  cut(): void {}
}

class PrefixCutter implements BodyCutter {
  readonly #sink: MessageSink;
  readonly #largest: number;
  readonly #prefix = Buffer.alloc(PREFIX_BYTES);
  #prefixLength = 0;
  #remaining = 0;
  #broken = false;

  constructor(sink: MessageSink, largest: number) {
    this.#sink = sink;
    this.#largest = largest;
  }

  get announced(): number | undefined {
    return this.#prefixLength === PREFIX_BYTES ? this.#prefix.readUInt32BE(0) : undefined;
  }

  push(data: Uint8Array): void {
    let at = 0;
    while (at < data.length && !this.#broken) {
      if (this.#prefixLength < PREFIX_BYTES) {
        this.#prefix[this.#prefixLength++] = data[at++] as number;
        if (this.#prefixLength === PREFIX_BYTES) this.#begin(data.subarray(at));
        continue;
      }
      const take = Math.min(this.#remaining, data.length - at);
      this.#sink.piece(data.subarray(at, at + take));
      this.#remaining -= take;
      at += take;
      this.#endIfComplete();
    }
  }

  end(): void {}

  cut(): void {}

  #begin(rest: Uint8Array): void {
    this.#remaining = this.announced ?? 0;
    if (this.#remaining > this.#largest) {
      this.#broken = true;
      const detail = `a message of ${this.#remaining} bytes, more than the ${this.#largest} that are decoded`;
      this.#sink.malformed(detail, Buffer.concat([this.#prefix, rest]));
      return;
    }
    this.#sink.piece(NOTHING);
    this.#endIfComplete();
  }

  #endIfComplete(): void {
    if (this.#remaining > 0) return;
    this.#prefixLength = 0;
    this.#sink.complete();
  }
}

const NOTHING = new Uint8Array(0);
