import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { CallPlan } from '../../model/call.js';
import type { Header, JournalRecord } from '../../model/journal.js';
import { Caller } from './caller.js';

/** A caller whose journal is kept; disconnected after the test. */
export function testCaller(t: TestContext): { readonly caller: Caller; readonly journal: JournalRecord[] } {
  const journal: JournalRecord[] = [];
  const caller = new Caller((record) => journal.push(record));
  t.after(() => caller.disconnect());
  return { caller, journal };
}

/** Listens on loopback; ended after the test with all its connections. */
export async function listen(t: TestContext, server: Server): Promise<{ port: number; connections(): number }> {
  const sockets = new Set<Socket>();
  let count = 0;
  server.on('connection', (socket: Socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connections: () => count };
}

export function plan(port: number, changes: Partial<CallPlan> = {}): CallPlan {
  return {
    ids: ['call-1'],
    protocol: 'HTTP/1.1',
    interaction: 'unary',
    target: { host: '127.0.0.1', port, authority: 'echo.default.svc:8080' },
    headers: [],
    messages: [],
    concurrency: 1,
    connections: 'shared',
    timeoutMs: 4000,
    ...changes,
  };
}

export function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `call-${index + 1}`);
}

type Kind = JournalRecord['kind'];

/** The records of a kind. */
export function recordsOf<K extends Kind>(journal: readonly JournalRecord[], kind: K) {
  return journal.filter((record): record is Extract<JournalRecord, { kind: K }> => record.kind === kind);
}

/** The only record of a kind. */
export function only<K extends Kind>(journal: readonly JournalRecord[], kind: K) {
  const [record, ...more] = recordsOf(journal, kind);
  if (record === undefined || more.length > 0) {
    throw new Error(`expected one record "${kind}" in ${outline(journal).join(', ')}`);
  }
  return record;
}

/** The journal in short: kinds with their directions. */
export function outline(journal: readonly JournalRecord[]): string[] {
  return journal.map((record) => ('direction' in record ? `${record.direction} ${record.kind}` : record.kind));
}

export function firstValue(headers: readonly Header[], name: string): string | undefined {
  return headers.find(([candidate]) => candidate === name)?.[1];
}

/** All messages, without their previews. */
export function summaries(journal: readonly JournalRecord[]): string[] {
  return recordsOf(journal, 'message').map(({ direction, body }) => `${direction} ${body.length} ${body.sha256}`);
}

/** What a {@link rawHttp2Server} can do with the stream of a request. */
export interface RawStream {
  /** A response head with `:status` 200 and these headers. */
  head(headers: readonly Header[], flags?: { endStream?: boolean }): void;
  data(data: Uint8Array, flags?: { endStream?: boolean }): void;
  reset(code: number): void;
  readonly socket: Socket;
}

/** An HTTP/2 server that writes the frames it is told to: Node's own ends a stream before it resets it. */
export function rawHttp2Server(t: TestContext, onRequest: (stream: RawStream) => void) {
  const server = createServer((socket) => {
    socket.write(frame(4, 0, 0, Buffer.alloc(0)));
    let received = Buffer.alloc(0);
    let skipPreface = 24;
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < skipPreface) return;
      received = received.subarray(skipPreface);
      skipPreface = 0;
      while (received.length >= 9 && received.length >= 9 + received.readUIntBE(0, 3)) {
        if (received[3] === 1) onRequest(rawStream(socket, received.readUInt32BE(5)));
        received = received.subarray(9 + received.readUIntBE(0, 3));
      }
    });
  });
  return listen(t, server);
}

function rawStream(socket: Socket, id: number): RawStream {
  const END_STREAM = 1;
  const END_HEADERS = 4;
  return {
    socket,
    head: (headers, { endStream = false } = {}) => {
      // Indexed `:status: 200`, then literals without indexing and without Huffman (RFC 7541 §6.2.2).
      const literals = headers.flatMap(([name, value]) => [
        0,
        name.length,
        ...Buffer.from(name),
        value.length,
        ...Buffer.from(value),
      ]);
      socket.write(frame(1, END_HEADERS | (endStream ? END_STREAM : 0), id, Buffer.from([0x88, ...literals])));
    },
    data: (data, { endStream = false } = {}) => socket.write(frame(0, endStream ? END_STREAM : 0, id, data)),
    reset: (code) => socket.write(frame(3, 0, id, Buffer.from([0, 0, 0, code]))),
  };
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}
