import type { Socket } from 'node:net';
import type { Bytes } from '../../model/bytes.js';
import {
  CALL_ID_HEADER,
  type Direction,
  type Header,
  type JournalRecord,
  type MessageForm,
  now,
  type RequestRecord,
} from '../../model/journal.js';

/** What begins an exchange. */
export type RequestHead = Pick<RequestRecord, 'protocol' | 'method' | 'path' | 'headers'> & {
  readonly authority: string | undefined;
  /** The call's id, where no header carries it. */
  readonly call?: string;
};

/** The journal of a server: numbers its connections and exchanges and writes what happens to them. */
export class ServerJournal {
  readonly #write: (record: JournalRecord) => void;
  /** How to break off a call that is being answered. */
  readonly #breakable = new Map<string, () => void>();
  #lastConnection = 0;
  #lastExchange = 0;

  constructor(write: (record: JournalRecord) => void) {
    this.#write = write;
  }

  /** Journals the life of an accepted socket. An error of the socket is no longer unhandled. */
  accept(socket: Socket): ConnectionJournal {
    this.#lastConnection += 1;
    return new ConnectionJournal(this.#write, this.#lastConnection, socket, (place) => {
      this.#lastExchange += 1;
      return new ExchangeJournal(this.#write, { connection: place, exchange: this.#lastExchange }, this.#breakable);
    });
  }

  /** Breaks off a call, as the protocol lets a server do it. False if the call is not being answered. */
  breakOff(call: string): boolean {
    const breakOff = this.#breakable.get(call);
    breakOff?.();
    return breakOff !== undefined;
  }
}

/** Writes the records of one connection. */
export class ConnectionJournal {
  readonly #write: (record: JournalRecord) => void;
  readonly #number: number;
  readonly #nextExchange: (connection: number) => ExchangeJournal;
  /** The client's address, `ip:port`. */
  readonly remote: string;
  #error: NodeJS.ErrnoException | undefined;
  #closed = false;

  constructor(
    write: (record: JournalRecord) => void,
    number: number,
    socket: Socket,
    nextExchange: (connection: number) => ExchangeJournal,
  ) {
    this.#write = write;
    this.#number = number;
    this.#nextExchange = nextExchange;
    this.remote = hostPort(socket.remoteAddress, socket.remotePort);
    const local = hostPort(socket.localAddress, socket.localPort);
    write({ kind: 'connection-opened', ...this.#place(), local, remote: this.remote });
    socket.on('error', (error) => {
      this.#error ??= error;
    });
    socket.once('close', () => {
      this.#closed = true;
      write({ kind: 'connection-closed', ...this.#place(), ...howClosed(this.#error) });
    });
  }

  begin(head: RequestHead): ExchangeJournal {
    const { authority, call, ...request } = head;
    const exchange = this.#nextExchange(this.#number);
    exchange.request({ ...request, ...(authority === undefined ? {} : { authority }) }, call);
    return exchange;
  }

  /** Bytes that are no HTTP. */
  raw(body: Bytes, reason: 'tls' | 'no-http' | 'malformed', detail: string): void {
    this.#write({ kind: 'raw', ...this.#place(), body, reason, detail });
  }

  /** True once the connection has failed or is closed. */
  get isGone(): boolean {
    return this.#closed || this.#error !== undefined;
  }

  /** The code for an exchange that ended with its connection. */
  get lossCode(): string {
    return this.#error?.code ?? 'ECONNRESET';
  }

  get lossDetail(): string {
    return this.#error?.message ?? 'the client closed the connection within the exchange';
  }

  #place() {
    return { at: now(), connection: this.#number };
  }
}

/** Writes the records of one exchange. */
export class ExchangeJournal {
  readonly #write: (record: JournalRecord) => void;
  readonly #numbers: { readonly connection: number; readonly exchange: number };
  readonly #breakable: Map<string, () => void>;
  readonly #messages = { request: 0, response: 0 };
  readonly #ended = { request: false, response: false };
  #call: string | undefined;
  #answered = false;

  constructor(
    write: (record: JournalRecord) => void,
    numbers: { readonly connection: number; readonly exchange: number },
    breakable: Map<string, () => void>,
  ) {
    this.#write = write;
    this.#numbers = numbers;
    this.#breakable = breakable;
  }

  /** How the exchange can be broken off as long as it is not answered completely. */
  breakableBy(breakOff: () => void): void {
    if (this.#call !== undefined) this.#breakable.set(this.#call, breakOff);
  }

  request(
    request: Pick<RequestRecord, 'protocol' | 'method' | 'path' | 'authority' | 'headers'>,
    call = request.headers.find(([name]) => name === CALL_ID_HEADER)?.[1],
  ): void {
    this.#call = call;
    this.#write({ kind: 'request', ...this.#place(), ...request, ...(call === undefined ? {} : { call }) });
  }

  /** A head of an answer is written. */
  get hasAnswered(): boolean {
    return this.#answered;
  }

  response(status: number, headers: readonly Header[]): void {
    this.#answered = true;
    this.#write({ kind: 'response', ...this.#place(), status, headers });
  }

  message(direction: Direction, body: Bytes, compressed = false, form?: MessageForm): void {
    const index = this.#messages[direction]++;
    const flags = { ...(compressed ? { compressed } : {}), ...(form === undefined ? {} : { form }) };
    this.#write({ kind: 'message', ...this.#place(), direction, index, body, ...flags });
  }

  partialMessage(direction: Direction, body: Bytes, expectedLength: number | undefined): void {
    const index = this.#messages[direction];
    const expected = expectedLength === undefined ? {} : { expectedLength };
    this.#write({ kind: 'partial-message', ...this.#place(), direction, index, body, ...expected });
  }

  trailers(direction: Direction, headers: readonly Header[]): void {
    this.#write({ kind: 'trailers', ...this.#place(), direction, headers });
  }

  end(direction: Direction): void {
    if (this.#ended[direction]) return;
    this.#ended[direction] = true;
    if (direction === 'response') this.#unbreakable();
    this.#write({ kind: 'end', ...this.#place(), direction });
  }

  hasEnded(direction: Direction): boolean {
    return this.#ended[direction];
  }

  reset(code: string, detail?: string): void {
    this.#unbreakable();
    this.#write({ kind: 'reset', ...this.#place(), code, ...(detail === undefined ? {} : { detail }) });
  }

  #unbreakable(): void {
    if (this.#call !== undefined) this.#breakable.delete(this.#call);
  }

  #place() {
    return { at: now(), ...this.#numbers };
  }
}

/** Node's `[name, value, name, value, …]` as headers in wire order, without HTTP/2's pseudo headers. */
export function headersOf(raw: readonly string[]): Header[] {
  const headers: Header[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    if (!name.startsWith(':')) headers.push([name, raw[at + 1] ?? '']);
  }
  return headers;
}

export function headerOf(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([key]) => key === name)?.[1];
}

function howClosed(error: NodeJS.ErrnoException | undefined) {
  if (error === undefined) return { how: 'fin' } as const;
  if (error.code === 'ECONNRESET') return { how: 'rst' } as const;
  return { how: 'lost', detail: error.code ?? error.message } as const;
}

function hostPort(host: string | undefined, port: number | undefined): string {
  if (host === undefined || port === undefined) return 'unknown';
  // A listener for both versions of IP sees an IPv4 address as one of IPv6.
  const plain = host.replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') ? `[${plain}]:${port}` : `${plain}:${port}`;
}
