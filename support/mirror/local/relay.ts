import { type ConnectionOpened, type JournalRecord, now } from '../../model/journal.js';
import type { LogLine } from '../../model/session.js';
import type { NewConnection } from '../agent-protocol.js';
import { AgentConnection } from './agent-connection.js';
import { type ConnectionWitness, MirroredConnection } from './mirrored-connection.js';

/** What the mirrored connections lead to. */
export interface LocalDestination {
  /** Where the traffic of a subscribed port goes. */
  addressFor(remotePort: number): { readonly host: string; readonly port: number } | undefined;
  /** A mirrored connection begins. */
  witness(connection: number): ConnectionWitness;
  /** Bytes that were delivered, but that the local process has not read as far as can be told. */
  readonly unreadBytes: number;
}

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
  /** Connections that are open at the original, or not wholly delivered. */
  readonly connections: number;
  readonly bytesPending: number;
  /** Payload bytes received from the agent so far. */
  readonly receivedBytes: number;
}

/**
 * Brings mirrored connections from the agent to the local process, as mirrord's internal proxy does. A local process that
 * does not keep up stops the reading from the agent, for all connections, so that the agent's bounded queues decide what is lost.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #connections = new Map<number, MirroredConnection>();
  #agent: AgentConnection | undefined;
  #congested = 0;
  #connecting = 0;
  #receivedBytes = 0;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Connects to the agent and subscribes. Resolves when all ports are captured, with the time since when. */
  async attach(socketPath: string, ports: readonly number[]): Promise<number> {
    const agent = await AgentConnection.open(socketPath, {
      opened: (connection, addresses) => this.#open(connection, addresses),
      data: (connection, bytes) => {
        this.#receivedBytes += bytes.length;
        this.#connections.get(connection)?.write(bytes);
      },
      closed: (connection) => this.#connections.get(connection)?.remoteClosed(),
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
    for (const connection of this.#connections.values()) {
      if (connection.isActive) connections += 1;
      bytesPending += connection.waitingBytes;
    }
    return { connections, bytesPending, receivedBytes: this.#receivedBytes };
  }

  #open(number: number, { remote, local }: NewConnection): void {
    const { destination, journal, log } = this.#options;
    const address = destination.addressFor(portOf(local));
    const opened: ConnectionOpened = { kind: 'connection-opened', at: now(), connection: number, local, remote };
    journal(opened);
    if (address === undefined) {
      log('error', `no local port is mapped to ${local}`);
      this.#agent?.unsubscribeConnection(number);
      return;
    }
    this.#connecting += 1;
    this.#updateReading();
    const connection = new MirroredConnection({
      ...address,
      witness: destination.witness(number),
      onSettled: () => {
        this.#connecting -= 1;
        this.#updateReading();
      },
      onCongestion: (congested) => {
        this.#congested += congested ? 1 : -1;
        this.#updateReading();
      },
      onClosed: (failure) => {
        this.#connections.delete(number);
        if (failure === undefined) return;
        log('warn', `mirrored connection ${number} to ${address.host}:${address.port}: ${failure}`);
        this.#agent?.unsubscribeConnection(number);
      },
    });
    this.#connections.set(number, connection);
  }

  #updateReading(): void {
    if (this.#congested > 0 || this.#connecting >= CONNECTING) this.#agent?.pause();
    else this.#agent?.resume();
  }

  #lose(reason: string): void {
    this.#options.log('error', `the mirror session is lost: ${reason}`);
    for (const connection of [...this.#connections.values()]) connection.abort(reason);
  }
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}
