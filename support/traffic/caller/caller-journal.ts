import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
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
import type { ConnectionAddresses } from './exchange.js';
import { headerValue } from './headers.js';

/** Numbers the caller's connections and exchanges, and writes what happens to them. */
export class CallerJournal {
  readonly #write: (record: JournalRecord) => void;
  readonly #connections = new WeakMap<Socket, number>();
  #lastConnection = 0;
  #lastExchange = 0;

  constructor(write: (record: JournalRecord) => void) {
    this.#write = write;
  }

  /** Journals the life of a socket, which may still be connecting. An error of the socket is no longer unhandled. */
  watch(socket: Socket): number {
    const known = this.#connections.get(socket);
    if (known !== undefined) return known;
    const connection = this.newConnection();
    this.#connections.set(socket, connection);
    let opened = false;
    let error: NodeJS.ErrnoException | undefined;
    const onOpen = (): void => {
      opened = true;
      const tls = socket instanceof TLSSocket ? { tls: true } : {};
      this.#write({ kind: 'connection-opened', at: now(), connection, ...addressesOf(socket), ...tls });
    };
    if (socket.connecting) socket.once('connect', onOpen);
    else onOpen();
    socket.on('error', (cause) => {
      error = cause;
    });
    socket.once('close', () => {
      if (!opened) return;
      const record = { kind: 'connection-closed', at: now(), connection } as const;
      if (error === undefined) this.#write({ ...record, how: 'fin' });
      else if (error.code === 'ECONNRESET') this.#write({ ...record, how: 'rst' });
      else this.#write({ ...record, how: 'lost', detail: error.code ?? error.message });
    });
    return connection;
  }

  /** The number of a connection that will never open: every exchange belongs to a connection. */
  newConnection(): number {
    this.#lastConnection += 1;
    return this.#lastConnection;
  }

  /** Begins the record of an exchange with the head of its request. @param call the call's id, where no header carries it. */
  begin(
    connection: number,
    request: Pick<RequestRecord, 'protocol' | 'method' | 'path' | 'authority' | 'headers'>,
    call?: string,
  ) {
    this.#lastExchange += 1;
    const journal = new ExchangeJournal(this.#write, connection, this.#lastExchange);
    journal.request(request, call);
    return journal;
  }
}

/** Writes the records of one exchange. */
export class ExchangeJournal {
  readonly #write: (record: JournalRecord) => void;
  readonly #connection: number;
  readonly #exchange: number;
  readonly #messages = { request: 0, response: 0 };

  constructor(write: (record: JournalRecord) => void, connection: number, exchange: number) {
    this.#write = write;
    this.#connection = connection;
    this.#exchange = exchange;
  }

  request(
    request: Pick<RequestRecord, 'protocol' | 'method' | 'path' | 'authority' | 'headers'>,
    call = headerValue(request.headers, CALL_ID_HEADER),
  ): void {
    this.#write({ kind: 'request', ...this.#place(), ...request, ...(call === undefined ? {} : { call }) });
  }

  response(status: number, headers: readonly Header[]): void {
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
    this.#write({ kind: 'end', ...this.#place(), direction });
  }

  reset(code: string, detail: string | undefined): void {
    this.#write({ kind: 'reset', ...this.#place(), code, ...(detail === undefined ? {} : { detail }) });
  }

  #place() {
    return { at: now(), connection: this.#connection, exchange: this.#exchange };
  }
}

/** Addresses of a connected socket. */
export function addressesOf(socket: Socket): ConnectionAddresses {
  return {
    local: hostPort(socket.localAddress, socket.localPort),
    remote: hostPort(socket.remoteAddress, socket.remotePort),
  };
}

function hostPort(host: string | undefined, port: number | undefined): string {
  if (host === undefined || port === undefined) return 'unknown';
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
