import { type ConnectionOpened, type JournalRecord, now } from '../../model/journal.js';
import type { LogLine } from '../../model/session.js';
import type { NewConnection, NewRequest } from '../agent-protocol.js';
import { AgentConnection } from './agent-connection.js';
import { HttpReplay } from './http-replay.js';
import { addressText, type LocalAddress, LocalClients } from './local-clients.js';
import { type ConnectionWitness, MirroredConnection } from './mirrored-connection.js';

/** What the mirrored connections lead to. */
export interface LocalDestination {
  /** Where the traffic of a subscribed port goes. */
  addressFor(remotePort: number): LocalAddress | undefined;
  /**
   * A connection to the local process begins: the copy of one (`raw`), which nobody needs to answer, or one on which an HTTP
   * client speaks, which needs answers.
   */
  witness(connection: number, speaks: Speaks): ConnectionWitness;
  /** Bytes that were delivered, but that the local process has not read as far as can be told. */
  readonly unreadBytes: number;
  /** Dies at once: its connections are reset, and its ports refuse. */
  die(): Promise<void>;
}

/** What comes on a connection to the local process. */
export type Speaks = 'raw' | 'HTTP/1.1' | 'HTTP/2';

/**
 * Connections that may be under way to the local process before the agent is not read any more. Thousands at once would overflow its
 * listen queue, and each that it refuses is late by a second and more (TCP's SYN timeout). The built-in receiver accepts one
 * connection in each turn of the event loop (libuv ≥ 1.45), so turns must not be spent on ever more connections.
 */
const CONNECTING = 64;

export interface RelayOptions {
  readonly destination: LocalDestination;
  journal(record: JournalRecord): void;
  log(level: LogLine['level'], text: string): void;
}

/** How much of what the agent sent is not with the local process yet. */
export interface Delivery {
  /** Connections and requests that are under way at the original, or not wholly delivered. */
  readonly connections: number;
  readonly bytesPending: number;
  /** Bytes of all messages received from the agent so far. */
  readonly receivedBytes: number;
}

/**
 * Brings mirrored connections and requests from the agent to the local process, as mirrord's internal proxy does. A local process
 * that does not keep up stops the reading from the agent, for all of them, so that the agent's bounded queues decide what is lost.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #connections = new Map<number, MirroredConnection>();
  readonly #replays = new Map<number, HttpReplay>();
  readonly #clients: LocalClients;
  #agent: AgentConnection | undefined;
  #nextConnection = 0;
  #congested = 0;
  #connecting = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#clients = new LocalClients({
      nextConnection: () => this.#nextConnection++,
      witness: (connection, version) => options.destination.witness(connection, `HTTP/${version}`),
      journal: options.journal,
      onConnecting: (change) => this.#countConnecting(change),
    });
  }

  /** Connects to the agent and subscribes. Resolves when all ports are captured, with the time since when. */
  async attach(socketPath: string, ports: readonly number[]): Promise<number> {
    const agent = await AgentConnection.open(socketPath, {
      opened: (stream, addresses) => this.#open(stream, addresses),
      requested: (stream, request) => this.#replay(stream, request),
      data: (stream, bytes) => {
        this.#connections.get(stream)?.write(bytes);
        this.#replays.get(stream)?.data(bytes);
      },
      trailers: (stream, fields) => this.#replays.get(stream)?.trailers(fields),
      ended: (stream) => {
        this.#connections.get(stream)?.halfClose();
        this.#replays.get(stream)?.end();
      },
      upgraded: (stream) => this.#replays.get(stream)?.upgraded(),
      closed: (stream) => {
        this.#connections.get(stream)?.remoteClosed();
        this.#replays.get(stream)?.remoteClosed();
      },
      log: ({ level, text }) => this.#options.log(level, `agent: ${text}`),
      lost: (reason) => this.#lose(reason),
    });
    this.#agent = agent;
    return Math.max(...(await Promise.all(ports.map((port) => agent.subscribe(port)))));
  }

  async ping(timeoutMs: number): Promise<boolean> {
    return (await this.#agent?.ping(timeoutMs)) ?? false;
  }

  delivery(): Delivery {
    let connections = 0;
    let bytesPending = this.#options.destination.unreadBytes;
    for (const mirrored of [...this.#connections.values(), ...this.#replays.values()]) {
      if (mirrored.isActive) connections += 1;
      bytesPending += mirrored.waitingBytes;
    }
    return { connections, bytesPending, receivedBytes: this.#agent?.receivedBytes ?? 0 };
  }

  #open(stream: number, { remote, local }: NewConnection): void {
    const { destination, journal, log } = this.#options;
    const number = this.#nextConnection++;
    const address = this.#addressOf(stream, local);
    const opened: ConnectionOpened = { kind: 'connection-opened', at: now(), connection: number, local, remote };
    journal(address === undefined ? opened : { ...opened, deliveredTo: addressText(address) });
    if (address === undefined) return;
    this.#countConnecting(1);
    const connection = new MirroredConnection({
      ...address,
      witness: destination.witness(number, 'raw'),
      onSettled: () => this.#countConnecting(-1),
      onCongestion: (congested) => this.#countCongested(congested),
      onClosed: (failure) => {
        this.#connections.delete(stream);
        if (failure === undefined) return;
        log('warn', `mirrored connection ${stream} to ${address.host}:${address.port}: ${failure}`);
        this.#agent?.unsubscribeConnection(stream);
      },
    });
    this.#connections.set(stream, connection);
  }

  #replay(stream: number, request: NewRequest): void {
    const address = this.#addressOf(stream, request.local);
    if (address === undefined) return;
    const { log } = this.#options;
    const replay = new HttpReplay({
      request,
      address,
      clients: this.#clients,
      log,
      onCongestion: (congested) => this.#countCongested(congested),
      onOver: (failure) => {
        this.#replays.delete(stream);
        if (failure === undefined) return;
        log('warn', `mirrored request ${stream}: ${failure}`);
        this.#agent?.unsubscribeConnection(stream);
      },
    });
    this.#replays.set(stream, replay);
  }

  #addressOf(stream: number, local: string): LocalAddress | undefined {
    const address = this.#options.destination.addressFor(portOf(local));
    if (address !== undefined) return address;
    this.#options.log('error', `no local port is mapped to ${local}`);
    this.#agent?.unsubscribeConnection(stream);
    return undefined;
  }

  #countConnecting(change: number): void {
    this.#connecting += change;
    this.#updateReading();
  }

  #countCongested(congested: boolean): void {
    this.#congested += congested ? 1 : -1;
    this.#updateReading();
  }

  #updateReading(): void {
    if (this.#congested > 0 || this.#connecting >= CONNECTING) this.#agent?.pause();
    else this.#agent?.resume();
  }

  #lose(reason: string): void {
    this.#options.log('error', `the mirror session is lost: ${reason}`);
    for (const connection of [...this.#connections.values()]) connection.abort(reason);
    for (const replay of [...this.#replays.values()]) replay.abort();
    this.#clients.abort();
  }
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
