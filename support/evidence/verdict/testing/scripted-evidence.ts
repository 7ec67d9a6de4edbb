import { type Bytes, bytesOf } from '../../../model/bytes.js';
import {
  CALL_ID_HEADER,
  type Direction,
  type Header,
  type Journal,
  type JournalRecord,
  type RawRecord,
} from '../../../model/journal.js';
import type { Protocol } from '../../../model/protocol.js';
import type { SessionCounters, SessionReport } from '../../../model/session.js';
import type { Evidence, InterfaceTraffic } from '../../../model/verdict.js';

/**
 * Evidence written by hand, for tests of what is decided and shown: a call is described once, and each party's journal
 * says what that party made of it. Times are milliseconds from an arbitrary beginning; sessions subscribe at 1,000,
 * connections open at 1,500 and calls begin at 2,000 unless said otherwise.
 */
export interface ScriptedExchange {
  readonly call?: string;
  readonly protocol: Protocol;
  readonly method: string;
  readonly path: string;
  readonly authority?: string;
  readonly headers: readonly Header[];
  readonly messages: readonly Content[];
  readonly partial?: { readonly body: Content; readonly expectedLength?: number };
  readonly trailers?: readonly Header[];
  readonly halfClosed: boolean;
  readonly reset?: { readonly code: string; readonly detail?: string };
  readonly answer?: ScriptedAnswer;
  readonly connection: number;
  readonly connectedAt: number;
  readonly at: number;
}

export interface ScriptedAnswer {
  /** Absent: raw TCP, which has no heads. */
  readonly status?: number;
  readonly headers: readonly Header[];
  readonly messages: readonly Content[];
  readonly trailers?: readonly Header[];
  readonly complete: boolean;
}

/** A message: text, bytes, or a summary whose bytes were not kept whole. */
export type Content = string | Uint8Array | Bytes;

export const SUBSCRIBED_AT = 1_000;

/** A plain HTTP call. */
export function httpCall(call: string, changes: Partial<ScriptedExchange> = {}): ScriptedExchange {
  const http2 = changes.protocol === 'HTTP/2';
  return {
    call,
    protocol: 'HTTP/1.1',
    method: 'POST',
    path: '/orders?dry-run=1',
    authority: 'echo.default:8080',
    headers: [
      ...(http2 ? [] : [['host', 'echo.default:8080'] as const]),
      [CALL_ID_HEADER, call],
      ['content-type', 'text/plain'],
      ['x-tenant', 'blue'],
      ['x-tenant', 'red'],
    ],
    messages: ['mirrored by specification'],
    halfClosed: true,
    answer: {
      status: 200,
      headers: [['content-type', 'text/plain']],
      messages: ['mirrored by specification'],
      complete: true,
    },
    connection: 1,
    connectedAt: 1_500,
    at: 2_000,
    ...changes,
  };
}

/** A gRPC call; its messages are its answers, too. */
export function grpcCall(
  call: string,
  messages: readonly Content[],
  changes: Partial<ScriptedExchange> = {},
): ScriptedExchange {
  return httpCall(call, {
    protocol: 'gRPC-over-HTTP/2',
    path: '/mirrorspec.echo.v1.Echo/BidiStream',
    authority: 'echo.default:9090',
    headers: [
      [CALL_ID_HEADER, call],
      ['content-type', 'application/grpc'],
      ['te', 'trailers'],
    ],
    messages,
    answer: {
      status: 200,
      headers: [['content-type', 'application/grpc']],
      messages,
      trailers: [
        ['grpc-status', '0'],
        ['grpc-message', ''],
      ],
      complete: true,
    },
    ...changes,
  });
}

/** A call over raw TCP, echoed. */
export function tcpCall(call: string, changes: Partial<ScriptedExchange> = {}): ScriptedExchange {
  const { authority: _, ...rest } = httpCall(call);
  return {
    ...rest,
    protocol: 'TCP',
    method: 'TCP',
    path: 'unary length=24',
    headers: [],
    answer: { headers: [], messages: ['mirrored by specification'], complete: true },
    ...changes,
  };
}

/** The same exchange, changed. */
export function changed(exchange: ScriptedExchange, changes: Partial<ScriptedExchange>): ScriptedExchange {
  return { ...exchange, ...changes };
}

/** The same exchange without what is named. */
export function without<Key extends 'answer' | 'call' | 'authority' | 'trailers'>(
  exchange: ScriptedExchange,
  ...keys: readonly Key[]
): ScriptedExchange {
  return Object.fromEntries(
    Object.entries(exchange).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as unknown as ScriptedExchange;
}

/** The journal of a party that saw these exchanges, one after the other, and these bytes that were no HTTP. */
export function journalOf(exchanges: readonly ScriptedExchange[], raw: readonly RawRecord[] = []): Journal {
  const records: JournalRecord[] = [];
  const opened = new Set<number>();
  const open = (connection: number, at: number): void => {
    if (opened.has(connection)) return;
    opened.add(connection);
    records.push({ kind: 'connection-opened', at, connection });
  };
  exchanges.forEach((scripted, index) => {
    open(scripted.connection, scripted.connectedAt);
    records.push(...recordsOf(scripted, index + 1));
  });
  for (const record of raw) {
    open(record.connection, record.at);
    records.push(record);
  }
  return records;
}

function recordsOf(scripted: ScriptedExchange, exchange: number): JournalRecord[] {
  const { connection, call, authority, protocol, method, path, headers, answer, reset, partial } = scripted;
  const place = { connection, exchange, at: scripted.at };
  const messages = (direction: Direction, contents: readonly Content[]): JournalRecord[] =>
    contents.map((content, index) => ({ kind: 'message', ...place, direction, index, body: summarised(content) }));
  const trailers = (direction: Direction, block: readonly Header[] | undefined): JournalRecord[] =>
    block === undefined ? [] : [{ kind: 'trailers', ...place, direction, headers: block }];
  const end = (direction: Direction, complete: boolean): JournalRecord[] =>
    complete ? [{ kind: 'end', ...place, at: scripted.at + 5, direction }] : [];
  return [
    {
      kind: 'request',
      ...place,
      protocol,
      method,
      path,
      headers,
      ...(call === undefined ? {} : { call }),
      ...(authority === undefined ? {} : { authority }),
    },
    ...messages('request', scripted.messages),
    ...(partial === undefined
      ? []
      : [
          {
            kind: 'partial-message' as const,
            ...place,
            direction: 'request' as const,
            index: scripted.messages.length,
            body: summarised(partial.body),
            ...(partial.expectedLength === undefined ? {} : { expectedLength: partial.expectedLength }),
          },
        ]),
    ...trailers('request', scripted.trailers),
    ...end('request', scripted.halfClosed),
    ...(answer === undefined
      ? []
      : [
          ...(answer.status === undefined
            ? []
            : [{ kind: 'response' as const, ...place, status: answer.status, headers: answer.headers }]),
          ...messages('response', answer.messages),
          ...trailers('response', answer.trailers),
          ...end('response', answer.complete),
        ]),
    ...(reset === undefined ? [] : [{ kind: 'reset' as const, ...place, at: scripted.at + 12, ...reset }]),
  ];
}

function summarised(content: Content): Bytes {
  if (typeof content === 'string') return bytesOf(Buffer.from(content));
  return content instanceof Uint8Array ? bytesOf(content) : content;
}

/** Bytes that are no HTTP, on a connection of their own. */
export function rawBytes(
  reason: RawRecord['reason'],
  more: Partial<Pick<RawRecord, 'tls' | 'detail' | 'connection' | 'at'>> & { readonly body?: Content } = {},
): RawRecord {
  const { body = 'some bytes', ...rest } = more;
  return { kind: 'raw', at: 2_003, connection: 50, reason, body: summarised(body), ...rest };
}

/** What the interface of a pod carried. */
export function traffic(name: string, changes: Partial<InterfaceTraffic> = {}): InterfaceTraffic {
  return {
    interface: name,
    packets: 0,
    payloadBytes: 0,
    tlsRecords: 0,
    plaintextRequests: 0,
    retransmissions: 0,
    ...changes,
  };
}

/** A session that is alive: a sniffer on `lo` that is subscribed to ports 8080 and 9090. */
export function liveSession(
  changes: Partial<Omit<SessionReport, 'counters'>> & { readonly counters?: Partial<SessionCounters> } = {},
): SessionReport {
  const { counters, ...rest } = changes;
  return {
    profile: 'sniffer',
    version: '3.180.0',
    requestedInterface: 'lo',
    listenInterface: 'lo',
    ports: [8080, 9090],
    subscribedAt: SUBSCRIBED_AT,
    proofOfLife: { captureSawProbe: true, relayAnswered: true, localProcessListens: true },
    log: [],
    ...rest,
    counters: {
      frames: 12,
      bytes: 900,
      drops: 0,
      connections: 1,
      forwardedBytes: 420,
      lagged: 0,
      requests: 0,
      refused: 0,
      ...counters,
    },
  };
}

/** Which party saw what. By default workload and local process saw what the caller sent, and the session is alive. */
export interface Script {
  readonly caller: readonly ScriptedExchange[];
  /** `none`: the workload keeps no journal. */
  readonly workload?: readonly ScriptedExchange[] | 'none';
  readonly localProcess?: readonly ScriptedExchange[];
  readonly raw?: readonly RawRecord[];
  readonly session?: SessionReport | 'none';
  /** By default one, which began 100 ms before it was subscribed. */
  readonly sessions?: Evidence['sessions'];
  readonly interfaces?: readonly InterfaceTraffic[];
  readonly logs?: Evidence['logs'];
  readonly meshHeaders?: readonly string[];
  readonly port?: number;
  readonly onPurpose?: Evidence['onPurpose'];
}

export function evidenceOf(script: Script): Evidence {
  const {
    caller,
    workload = caller,
    localProcess = caller.map((each) => without(each, 'answer')),
    session = liveSession(),
  } = script;
  return {
    journals: {
      caller: journalOf(caller),
      localProcess: journalOf(localProcess, script.raw),
      ...(workload === 'none' ? {} : { workload: journalOf(workload) }),
    },
    port: script.port ?? 8080,
    interfaces: script.interfaces ?? [],
    sessions: script.sessions ?? (session === 'none' ? [] : [{ from: session.subscribedAt - 100 }]),
    logs: script.logs ?? [],
    meshHeaders: script.meshHeaders ?? [],
    ...(script.onPurpose === undefined ? {} : { onPurpose: script.onPurpose }),
    ...(session === 'none' ? {} : { session }),
  };
}
