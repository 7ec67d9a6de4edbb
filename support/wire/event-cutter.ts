import type { BodyCutter, MessageSink } from './delimited-body.js';
import { GrowingBytes } from './growing-bytes.js';

const LF = 0x0a;
const CR = 0x0d;
/** Bounds what is kept of one event. */
const LARGEST_EVENT_BYTES = 16 * 1024 * 1024;

/**
 * Server-sent events (WHATWG HTML §9.2): fields on lines, an empty line behind each event. The message is the event's data; where it has
 * other fields, too, it is the event's lines, so that nothing of it is left out. Comments make no message.
 */
export class EventCutter implements BodyCutter {
  readonly #sink: MessageSink;
  readonly #line = new GrowingBytes();
  #event: string[] = [];
  #eventBytes = 0;
  #afterCarriageReturn = false;
  #first = true;
  #broken = false;
  readonly announced = undefined;

  constructor(sink: MessageSink) {
    this.#sink = sink;
  }

  push(data: Uint8Array): void {
    let at = 0;
    while (at < data.length && !this.#broken) {
      if (this.#afterCarriageReturn && data[at] === LF) at += 1;
      this.#afterCarriageReturn = false;
      const end = lineEnd(data, at);
      const to = end < 0 ? data.length : end;
      const room = LARGEST_EVENT_BYTES - this.#eventBytes - this.#line.length;
      if (to - at > room) {
        this.#broken = true;
        this.#sink.malformed(`an event of more than ${LARGEST_EVENT_BYTES} bytes`, data.subarray(at + room));
        return;
      }
      this.#line.append(data.subarray(at, to));
      if (end < 0) return;
      this.#afterCarriageReturn = data[end] === CR;
      this.#endLine();
      at = end + 1;
    }
  }

  /** An event without its empty line is none (WHATWG HTML §9.2.6): what there is of it stays unfinished. */
  end(): void {}

  cut(): void {
    if (this.#line.length > 0) this.#endLine();
    if (this.#event.length > 0) this.#sink.piece(messageOf(this.#event));
  }

  #endLine(): void {
    const text = this.#line.bytes.toString('utf8');
    this.#line.clear();
    // A byte order mark may come first.
    const line = this.#first ? text.replace(/^\ufeff/, '') : text;
    this.#first = false;
    if (line !== '') {
      if (line.startsWith(':')) return;
      this.#event.push(line);
      this.#eventBytes += Buffer.byteLength(text);
      return;
    }
    if (this.#event.length === 0) return;
    this.#sink.piece(messageOf(this.#event));
    this.#event = [];
    this.#eventBytes = 0;
    this.#sink.complete();
  }
}

function lineEnd(data: Uint8Array, from: number): number {
  for (let at = from; at < data.length; at += 1) if (data[at] === LF || data[at] === CR) return at;
  return -1;
}

function messageOf(lines: readonly string[]): Buffer {
  const data = lines.map((line) => /^data(?:: ?(.*))?$/s.exec(line));
  const text = data.every((match) => match !== null) ? data.map((match) => match?.[1] ?? '') : lines;
  return Buffer.from(text.join('\n'));
}
