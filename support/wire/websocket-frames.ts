import type { MessageForm } from '../model/journal.js';

/** Told what a client's frames hold, piece by piece as they come. */
export interface WebSocketSink {
  /** More of the message that is under way, unmasked; the first piece begins it, and may be empty. */
  piece(data: Uint8Array, form: MessageForm): void;
  complete(form: MessageForm, compressed: boolean): void;
  /** `code` is absent where the frame says none. Nothing follows. */
  closed(code: number | undefined, reason: string): void;
  /** Called once. @param rest what cannot be read, as far as it is here */
  malformed(detail: string, rest: Uint8Array): void;
}

const OPCODE = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;
const FINAL = 0x80;
const COMPRESSED = 0x40;
const RESERVED = 0x30;
const MASKED = 0x80;
const LONGEST_CONTROL = 125;
const NOTHING = new Uint8Array(0);

/**
 * Reads the frames that a client sends on a WebSocket (RFC 6455 §5), from the bytes alone. Not `ws`: its receiver wants to be a part of the
 * connection, keeps whole messages, and tells of them in later turns of the event loop.
 */
export class WebSocketFrames {
  readonly #sink: WebSocketSink;
  readonly #largest: number;
  readonly #head: number[] = [];
  #remaining = 0;
  #masked = 0;
  /** Of the frame; -1 between frames. */
  #opcode = -1;
  #final = false;
  #message: { readonly form: MessageForm; readonly compressed: boolean; length: number } | undefined;
  #control: number[] = [];
  #over = false;

  /** @param largest bytes; a message that is longer is taken for garbage */
  constructor(sink: WebSocketSink, largest: number) {
    this.#sink = sink;
    this.#largest = largest;
  }

  /** False once nothing can be read any more: closed, or malformed. */
  get isOpen(): boolean {
    return !this.#over;
  }

  /** Bytes of the frame under way that were announced; of the whole message where it has one frame. */
  get announced(): number | undefined {
    return this.#opcode === -1 || this.#message === undefined ? undefined : this.#message.length + this.#remaining;
  }

  /** @returns how many bytes were read; the others are behind the end */
  push(data: Uint8Array): number {
    let at = 0;
    while (at < data.length && !this.#over) {
      if (this.#opcode === -1) {
        this.#head.push(data[at++] as number);
        this.#readHead(data, at);
        continue;
      }
      const take = Math.min(this.#remaining, data.length - at);
      this.#payload(data.subarray(at, at + take));
      at += take;
    }
    return at;
  }

  #readHead(data: Uint8Array, at: number): void {
    const [first = 0, second = 0] = this.#head;
    if (this.#head.length < 2) return;
    const short = second & 0x7f;
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (this.#head.length < 2 + lengthBytes + 4) {
      // What is wrong can be said before the head is complete.
      if (this.#head.length === 2 && this.#mistake(first, second) !== undefined) this.#fail(data.subarray(at));
      return;
    }
    const head = Buffer.from(this.#head);
    const length =
      lengthBytes === 0 ? short : lengthBytes === 2 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
    this.#opcode = first & 0x0f;
    this.#final = (first & FINAL) !== 0;
    this.#remaining = length;
    this.#masked = 0;
    if (this.#opcode === OPCODE.text || this.#opcode === OPCODE.binary) {
      const form = this.#opcode === OPCODE.text ? 'text' : 'binary';
      this.#message = { form, compressed: (first & COMPRESSED) !== 0, length: 0 };
    }
    if (!this.#isControl && (this.#message?.length ?? 0) + length > this.#largest) {
      this.#fail(data.subarray(at), `a message of more than ${this.#largest} bytes`);
      return;
    }
    this.#payload(NOTHING);
  }

  #mistake(first: number, second: number): string | undefined {
    const opcode = first & 0x0f;
    if ((second & MASKED) === 0) return 'a frame of a client that is not masked';
    if ((first & RESERVED) !== 0 || (opcode > 0x2 && opcode < 0x8) || opcode > 0xa) return 'a frame of an unknown kind';
    if (opcode >= 0x8) {
      const broken = (first & FINAL) === 0 || (second & 0x7f) > LONGEST_CONTROL;
      return broken ? 'a control frame that is too long or in parts' : undefined;
    }
    const continues = opcode === OPCODE.continuation;
    return continues === (this.#message !== undefined) ? undefined : 'fragments of a message out of order';
  }

  #fail(rest: Uint8Array, detail?: string): void {
    this.#over = true;
    const [first = 0, second = 0] = this.#head;
    const what = detail ?? this.#mistake(first, second) ?? '';
    this.#sink.malformed(what, Buffer.concat([Buffer.from(this.#head), rest]));
  }

  get #isControl(): boolean {
    return this.#opcode >= 0x8;
  }

  #payload(masked: Uint8Array): void {
    const data = Buffer.allocUnsafe(masked.length);
    const mask = this.#head.length - 4;
    for (let index = 0; index < masked.length; index += 1) {
      data[index] = (masked[index] as number) ^ (this.#head[mask + (this.#masked & 3)] as number);
      this.#masked += 1;
    }
    this.#remaining -= masked.length;
    if (this.#isControl) {
      this.#control.push(...data);
    } else if (this.#message !== undefined) {
      this.#message.length += data.length;
      this.#sink.piece(data, this.#message.form);
    }
    if (this.#remaining === 0) this.#endFrame();
  }

  #endFrame(): void {
    const opcode = this.#opcode;
    this.#opcode = -1;
    this.#head.length = 0;
    if (opcode < 0x8) {
      if (!this.#final || this.#message === undefined) return;
      const { form, compressed } = this.#message;
      this.#message = undefined;
      this.#sink.complete(form, compressed);
      return;
    }
    const control = Buffer.from(this.#control);
    this.#control = [];
    if (opcode !== OPCODE.close) return;
    this.#over = true;
    const code = control.length < 2 ? undefined : control.readUInt16BE(0);
    this.#sink.closed(code, control.toString('utf8', 2));
  }
}

/**
 * Whether bytes behind an offer to become a WebSocket are frames, or the client goes on in HTTP/1.1 because the offer was declined.
 * `more`: the first byte alone does not tell.
 */
export function areFrames(start: Uint8Array): boolean | 'more' {
  const [first = 0, second] = start;
  // A method begins with a letter, which would be a frame with a reserved bit.
  if (first >= 0x80 || (first & (COMPRESSED | RESERVED)) === 0) return true;
  if (second === undefined) return 'more';
  return second >= 0x80;
}
