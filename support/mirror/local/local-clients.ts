import { Agent, type ClientRequest } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOpened, type JournalRecord, now } from '../../model/journal.js';
import { DeliveringSocket } from './delivering-socket.js';
import type { ConnectionWitness } from './mirrored-connection.js';

/** How long an idle connection is kept (mirrord intproxy http/client_store.rs). */
const IDLE_MS = 3000;
const WINDOW = 16 * 1024 * 1024;

export interface LocalAddress {
  readonly host: string;
  readonly port: number;
}

export interface LocalClientsOptions {
  /** Gives out the numbers of connections. */
  nextConnection(): number;
  /** A connection that speaks HTTP of this version begins. */
  witness(connection: number, version: '1.1' | '2'): ConnectionWitness;
  journal(record: JournalRecord): void;
  /** Called with 1 when a connection is being opened, and with -1 when the local process has it or never will. */
  onConnecting(change: number): void;
}

/** A session and the connection below it. */
export interface LocalHttp2 {
  readonly session: ClientHttp2Session;
  readonly socket: DeliveringSocket;
}

/**
 * The HTTP connections to the local process, shared by all mirrored requests of an address and version: the local process sees
 * other connections than the workload did. A connection serves one request at a time, in HTTP/2 too (mirrord intproxy
 * http/client_store.rs).
 */
export class LocalClients {
  readonly #options: LocalClientsOptions;
  readonly #http1 = new Map<string, Agent>();
  readonly #idleHttp2 = new Map<string, LocalHttp2[]>();
  readonly #sockets = new Set<DeliveringSocket>();

  constructor(options: LocalClientsOptions) {
    this.#options = options;
  }

  /** Keeps the connections of HTTP/1. */
  http1(address: LocalAddress): Agent {
    const key = addressText(address);
    let agent = this.#http1.get(key);
    if (agent === undefined) {
      agent = new LocalAgent(() => this.#dial(address, '1.1'));
      this.#http1.set(key, agent);
    }
    return agent;
  }

  /** An idle connection of HTTP/2, or a new one. @throws if it cannot be opened. */
  async takeHttp2(address: LocalAddress): Promise<LocalHttp2> {
    const idle = this.#idleHttp2.get(addressText(address)) ?? [];
    for (let client = idle.pop(); client !== undefined; client = idle.pop()) {
      if (!client.session.closed && !client.session.destroyed) {
        client.session.setTimeout(0);
        return client;
      }
    }
    const socket = await this.#dial(address, '2');
    const session = connectHttp2(`http://${address.host}:${address.port}`, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: WINDOW },
      maxSessionMemory: 512,
      maxHeaderListPairs: 1000,
      maxSendHeaderBlockLength: 1024 * 1024,
    });
    session.on('error', () => {});
    session.on('timeout', () => session.close());
    session.once('connect', () => session.setLocalWindowSize(WINDOW));
    return { session, socket };
  }

  /** The request is over: the connection may serve another. */
  giveBackHttp2(address: LocalAddress, client: LocalHttp2): void {
    const { session } = client;
    if (session.closed || session.destroyed) return;
    const key = addressText(address);
    session.setTimeout(IDLE_MS);
    this.#idleHttp2.set(key, [...(this.#idleHttp2.get(key) ?? []), client]);
  }

  /** Ends all connections. */
  abort(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #dial(address: LocalAddress, version: '1.1' | '2'): Promise<DeliveringSocket> {
    const { nextConnection, journal, onConnecting } = this.#options;
    onConnecting(1);
    let settled = false;
    const settle = (): void => {
      if (!settled) onConnecting(-1);
      settled = true;
    };
    return new Promise((resolve, reject) => {
      const socket = connect({ ...address, noDelay: true });
      socket.once('error', (error) => {
        settle();
        reject(error);
      });
      socket.once('connect', () => {
        const connection = nextConnection();
        const opened: ConnectionOpened = {
          kind: 'connection-opened',
          at: now(),
          connection,
          local: addressText(address),
          remote: `${socket.localAddress}:${socket.localPort}`,
        };
        journal(opened);
        const witness = this.#options.witness(connection, version);
        const delivering = new DeliveringSocket(socket, witness);
        this.#sockets.add(delivering);
        delivering.once('close', () => {
          this.#sockets.delete(delivering);
          settle();
        });
        delivering.on('error', () => {});
        witness.connected(socket, settle);
        resolve(delivering);
      });
    });
  }
}

/** Node's own pool, on connections of ours. */
class LocalAgent extends Agent {
  readonly #dial: () => Promise<DeliveringSocket>;
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(dial: () => Promise<DeliveringSocket>) {
    super({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY, scheduling: 'lifo' });
    this.#dial = dial;
  }

  override createConnection(_: unknown, connected?: (error: Error | null, socket: Duplex) => void): undefined {
    this.#dial().then(
      (socket) => connected?.(null, socket),
      // The socket is not looked at where there is an error.
      (error: Error) => connected?.(error, undefined as unknown as Duplex),
    );
  }

  override getName(): string {
    return 'local process';
  }

  override keepSocketAlive(socket: Duplex): boolean {
    this.#idle.set(
      socket,
      setTimeout(() => socket.destroy(), IDLE_MS),
    );
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    clearTimeout(this.#idle.get(socket));
    // Takes back what Node listens for on idle sockets.
    super.reuseSocket(socket, request);
  }
}

/** `ip:port`. */
export function addressText({ host, port }: LocalAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
