import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { NewConnection, NewRequest } from '../../../agent-protocol.js';
import { AgentConnection } from '../../../local/agent-connection.js';
import { RedirectAgent, type RedirectAgentOptions } from '../redirect-agent.js';

const DEADLINE_MS = 10_000;

/** What of one connection or request reached the local process. */
export interface Mirrored {
  /** Absent for a raw connection. */
  readonly request?: NewRequest;
  readonly connection: NewConnection;
  readonly pieces: Buffer[];
  trailers: readonly string[];
  ended: boolean;
  upgraded: boolean;
  closed: boolean;
}

export function textOf({ pieces }: Mirrored): string {
  return Buffer.concat(pieces).toString('latin1');
}

/** An agent in front of an application, as if rules led there, and what it mirrors; on real sockets. */
export interface Interception {
  readonly agent: RedirectAgent;
  /** Where callers connect to. */
  readonly port: number;
  readonly mirrored: readonly Mirrored[];
  /** What the agent says in its log, and what it tells the local process. */
  readonly log: string[];
  /** The local process's end: {@link AgentConnection.pause} makes it slow. */
  readonly local: AgentConnection;
  /** A caller's connection; ends with the test. */
  caller(): Promise<Caller>;
}

export interface Caller {
  readonly socket: Socket;
  /** Everything heard so far. */
  heard(): string;
}

/** Resolves as soon as something holds. @throws when it does not in time. */
export async function until(holds: () => boolean, what = 'in time'): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`it did not come to it: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Listens for a test. @returns the port. */
export async function listen(context: TestContext, server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, host);
  await once(server, 'listening');
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** @param port of the application, on 127.0.0.1 unless `address` says otherwise. */
export async function intercept(
  context: TestContext,
  port: number,
  {
    address = '127.0.0.1',
    subscribed = true,
    ...options
  }: Partial<RedirectAgentOptions> & { readonly address?: string; readonly subscribed?: boolean } = {},
): Promise<Interception> {
  const log: string[] = [];
  const agent = new RedirectAgent({
    version: '3.250.0',
    toOriginalAddress: true,
    log: (level, text) => log.push(`${level} ${text}`),
    ...options,
  });
  const front = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    agent.intercept(socket, { address, port }).catch((error: unknown) => log.push(`error ${error}`));
  });
  const frontPort = await listen(context, front);
  const { local, mirrored } = await attach(context, agent, log);
  if (subscribed) await local.subscribe(port);
  return { agent, port: frontPort, mirrored, log, local, caller: () => call(context, frontPort) };
}

async function attach(context: TestContext, agent: RedirectAgent, log: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-agent-'));
  const path = join(folder, 'agent.sock');
  const server = createServer((socket) => agent.serve(socket));
  server.listen(path);
  await once(server, 'listening');
  const mirrored: Mirrored[] = [];
  const streams = new Map<number, Mirrored>();
  const begin = (stream: number, head: Pick<Mirrored, 'connection' | 'request'>): void => {
    const begun: Mirrored = { ...head, pieces: [], trailers: [], ended: false, upgraded: false, closed: false };
    streams.set(stream, begun);
    mirrored.push(begun);
  };
  const mark = (stream: number, change: Partial<Mirrored>): void => {
    Object.assign(streams.get(stream) ?? {}, change);
  };
  const local = await AgentConnection.open(path, {
    opened: (stream, connection) => begin(stream, { connection }),
    requested: (stream, request) => begin(stream, { connection: request, request }),
    data: (stream, bytes) => streams.get(stream)?.pieces.push(Buffer.from(bytes)),
    trailers: (stream, trailers) => mark(stream, { trailers }),
    ended: (stream) => mark(stream, { ended: true }),
    upgraded: (stream) => mark(stream, { upgraded: true }),
    closed: (stream) => mark(stream, { closed: true }),
    log: ({ level, text }) => log.push(`${level} ${text}`),
    lost: () => {},
  });
  context.after(() => {
    local.close();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { local, mirrored };
}

async function call(context: TestContext, port: number): Promise<Caller> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const heard: Buffer[] = [];
  socket.on('error', () => {});
  socket.on('data', (bytes: Buffer) => heard.push(bytes));
  context.after(() => socket.destroy());
  await once(socket, 'connect');
  return { socket, heard: () => Buffer.concat(heard).toString('latin1') };
}
