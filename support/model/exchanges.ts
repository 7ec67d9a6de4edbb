import type { Bytes } from './bytes.js';
import type {
  ConnectionClosed,
  Header,
  Journal,
  JournalRecord,
  MessageForm,
  RawRecord,
  RequestRecord,
} from './journal.js';
import type { Protocol } from './protocol.js';

/** One complete message of an exchange. */
export interface Message {
  readonly at: number;
  readonly body: Bytes;
  /** True where `body` is still compressed. */
  readonly compressed: boolean;
  /** WebSocket only. */
  readonly form?: MessageForm;
}

/** A message that began but never completed. */
export interface PartialMessage {
  readonly at: number;
  readonly body: Bytes;
  readonly expectedLength?: number;
}

/** What flowed in one direction of an exchange, in order. */
export interface Flow {
  readonly messages: readonly Message[];
  readonly partial?: PartialMessage;
  readonly trailers?: readonly Header[];
  /** The direction was ended in an orderly way. For the request this is the half-close. */
  readonly complete: boolean;
  /** When it was ended. */
  readonly endedAt?: number;
}

/** The response; without a status where no head arrived. */
export interface ResponseFlow extends Flow {
  readonly status?: number;
  readonly headers: readonly Header[];
}

/** One request and what belongs to it, as one party saw it. */
export interface Exchange {
  /** Unique within the party's journal. */
  readonly number: number;
  readonly connection: number;
  readonly call?: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly path: string;
  readonly authority?: string;
  readonly headers: readonly Header[];
  readonly openedAt: number;
  /** When both directions were complete, or it was broken off; absent while it is under way. */
  readonly endedAt?: number;
  readonly request: Flow;
  readonly response: ResponseFlow;
  readonly reset?: { readonly at: number; readonly code: string; readonly detail?: string };
}

/** One connection, as one party saw it. */
export interface Connection {
  /** Unique within the party's journal. */
  readonly number: number;
  /** Absent where the journal does not say when it began. */
  readonly openedAt?: number;
  readonly local?: string;
  readonly remote?: string;
  readonly deliveredTo?: string;
  readonly tls?: boolean;
  readonly closed?: { readonly at: number; readonly how: ConnectionClosed['how']; readonly detail?: string };
  /** Bytes on it that could not be read as HTTP. */
  readonly raw: readonly RawRecord[];
  readonly exchanges: readonly Exchange[];
}

/** A record that belongs to an exchange whose request head is not in the journal. */
export type StrayRecord = Extract<JournalRecord, { readonly exchange: number }>;

export interface FoldedJournal {
  /** In the order in which their requests began. */
  readonly exchanges: readonly Exchange[];
  /** In the order in which they were first mentioned. */
  readonly connections: readonly Connection[];
  readonly strays: readonly StrayRecord[];
}

/** The exchanges of a journal, in the order in which their requests began. Cost is linear in the records. */
export function exchangesOf(journal: Journal): readonly Exchange[] {
  return foldJournal(journal).exchanges;
}

/** The connections of a journal, in the order in which they were first mentioned. Cost is linear in the records. */
export function connectionsOf(journal: Journal): readonly Connection[] {
  return foldJournal(journal).connections;
}

/** Folds a journal into exchanges and connections in one pass. */
export function foldJournal(journal: Journal): FoldedJournal {
  const exchanges = new Map<number, GrowingExchange>();
  const connections = new Map<number, Growing<Connection>>();
  const strays: StrayRecord[] = [];

  for (const record of journal) {
    let connection = connections.get(record.connection);
    if (connection === undefined) {
      connection = { number: record.connection, raw: [], exchanges: [] };
      connections.set(record.connection, connection);
    }
    switch (record.kind) {
      case 'connection-opened':
        connection.openedAt = record.at;
        if (record.local !== undefined) connection.local = record.local;
        if (record.remote !== undefined) connection.remote = record.remote;
        if (record.deliveredTo !== undefined) connection.deliveredTo = record.deliveredTo;
        if (record.tls !== undefined) connection.tls = record.tls;
        break;
      case 'connection-closed':
        connection.closed = {
          at: record.at,
          how: record.how,
          ...(record.detail === undefined ? {} : { detail: record.detail }),
        };
        break;
      case 'raw':
        connection.raw.push(record);
        break;
      case 'request': {
        const exchange = beginExchange(record);
        exchanges.set(record.exchange, exchange);
        connection.exchanges.push(exchange);
        break;
      }
      default: {
        const exchange = exchanges.get(record.exchange);
        if (exchange === undefined) strays.push(record);
        else continueExchange(exchange, record);
      }
    }
  }
  return { exchanges: [...exchanges.values()], connections: [...connections.values()], strays };
}

type Growing<T> = {
  -readonly [K in keyof T]: NonNullable<T[K]> extends readonly (infer Item)[] ? Item[] : T[K];
};
type GrowingExchange = Omit<Growing<Exchange>, 'request' | 'response'> & {
  request: Growing<Flow>;
  response: Growing<ResponseFlow>;
};

function beginExchange(record: RequestRecord): GrowingExchange {
  const exchange: GrowingExchange = {
    number: record.exchange,
    connection: record.connection,
    protocol: record.protocol,
    method: record.method,
    path: record.path,
    headers: [...record.headers],
    openedAt: record.at,
    request: { messages: [], complete: false },
    response: { messages: [], complete: false, headers: [] },
  };
  if (record.call !== undefined) exchange.call = record.call;
  if (record.authority !== undefined) exchange.authority = record.authority;
  return exchange;
}

function continueExchange(exchange: GrowingExchange, record: Exclude<StrayRecord, RequestRecord>): void {
  switch (record.kind) {
    case 'message': {
      const flow = exchange[record.direction];
      flow.messages.push({
        at: record.at,
        body: record.body,
        compressed: record.compressed === true,
        ...(record.form === undefined ? {} : { form: record.form }),
      });
      // It was told while it was not complete.
      delete flow.partial;
      break;
    }
    case 'partial-message':
      exchange[record.direction].partial = {
        at: record.at,
        body: record.body,
        ...(record.expectedLength === undefined ? {} : { expectedLength: record.expectedLength }),
      };
      break;
    case 'response':
      // An informational response (RFC 9110 §15.2) may come before the final one, which then replaces it.
      exchange.response.status = record.status;
      exchange.response.headers = [...record.headers];
      break;
    case 'trailers': {
      const flow = exchange[record.direction];
      // gRPC-Web may carry a trailer frame and HTTP trailers in one response.
      flow.trailers = [...(flow.trailers ?? []), ...record.headers];
      break;
    }
    case 'end': {
      const flow = exchange[record.direction];
      flow.complete = true;
      flow.endedAt = record.at;
      if (exchange.request.complete && exchange.response.complete) exchange.endedAt ??= record.at;
      break;
    }
    case 'reset':
      exchange.reset ??= {
        at: record.at,
        code: record.code,
        ...(record.detail === undefined ? {} : { detail: record.detail }),
      };
      exchange.endedAt ??= record.at;
      break;
  }
}
