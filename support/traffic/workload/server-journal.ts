import type { Socket } from 'node:net';
import type { Bytes } from '../../model/bytes.js';
import {
  CALL_ID_HEADER,
  type Direction,
  type Header,
  type JournalRecord,
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
  #lastConnection = 0;
  #lastExchange = 0;

  constructor(write: (record: JournalRecord) => void) {
    this.#write = write;
  }

  /** Journals the life of an accepted socket. An error of the socket is no longer unhandled. */
  accept(socket: Socket): ConnectionJournal {
    this.#lastConnection += 1;
    return new ConnectionJournal(this.#write, this.#lastConnection, socket, () => {
      this.#lastExchange += 1;
      return this.#lastExchange;
    });
  }
}

/** Writes the records of one connection. */
export class ConnectionJournal {
  readonly #write: (record: JournalRecord) => void;
  readonly #number: number;
  readonly #nextExchange: () => number;
  /** The client's address, `ip:port`. */
  readonly remote: string;
  #error: NodeJS.ErrnoException | undefined;
  #closed = false;

  constructor(write: (record: JournalRecord) => void, number: number, socket: Socket, nextExchange: () => number) {
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
    const exchange = new ExchangeJournal(this.#write, this.#number, this.#nextExchange());
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
  readonly #connection: number;
  readonly #exchange: number;
  readonly #messages = { request: 0, response: 0 };
  readonly #ended = { request: false, response: false };

  constructor(write: (record: JournalRecord) => void, connection: number, exchange: number) {
    this.#write = write;
    this.#connection = connection;
    this.#exchange = exchange;
  }

  request(
    request: Pick<RequestRecord, 'protocol' | 'method' | 'path' | 'authority' | 'headers'>,
    call = request.headers.find(([name]) => name === CALL_ID_HEADER)?.[1],
  ): void {
    this.#write({ kind: 'request', ...this.#place(), ...request, ...(call === undefined ? {} : { call }) });
  }

  response(status: number, headers: readonly Header[]): void {
    this.#write({ kind: 'response', ...this.#place(), status, headers });
  }

  message(direction: Direction, body: Bytes, compressed = false): void {
    const index = this.#messages[direction]++;
    this.#write({ kind: 'message', ...this.#place(), direction, index, body, ...(compressed ? { compressed } : {}) });
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
    this.#write({ kind: 'end', ...this.#place(), direction });
  }

  hasEnded(direction: Direction): boolean {
    return this.#ended[direction];
  }

  reset(code: string, detail?: string): void {
    this.#write({ kind: 'reset', ...this.#place(), code, ...(detail === undefined ? {} : { detail }) });
  }

  #place() {
    return { at: now(), connection: this.#connection, exchange: this.#exchange };
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
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
