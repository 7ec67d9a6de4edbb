import { ipv4Text, type TcpSegment } from '../../wire/ethernet.js';

/** Packets of one connection that may wait (mirrord 3.152 sniffer.rs, `CONNECTION_DATA_CHANNEL_CAPACITY`). */
export const PACKETS_PER_CONNECTION = 512;
/** New connections that may wait (mirrord 3.152 sniffer/api.rs, `CONNECTION_CHANNEL_SIZE`). */
export const NEW_CONNECTIONS = 128;

/** What a client is told, in this order for each connection: open, data…, then close or lagged. */
export type SnifferEvent =
  | { readonly kind: 'open'; readonly connection: number; readonly remote: string; readonly local: string }
  | { readonly kind: 'data'; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly connection: number }
  /** The client was too slow: `missed` packets are lost, and with them the rest of the connection. */
  | { readonly kind: 'lagged'; readonly connection: number; readonly missed: number };

/** Losses, told when they happen; the client itself learns of them when it gets there. */
export interface LossListener {
  /** 128 new connections wait already: this one is lost. */
  connectionLost(remote: string, local: string): void;
  /** 512 packets of this connection wait already. */
  packetsLost(remote: string, local: string): void;
}

/**
 * The sniffer's side of one client, with mirrord's bounds (3.152 sniffer/api.rs): what the client has not asked for yet waits
 * here, and is lost if it is too much. The client takes new connections first, then one packet of each connection in turn.
 */
export class SnifferClient {
  readonly #losses: LossListener;
  readonly #new: PacketStream[] = [];
  readonly #open = new Map<number, PacketStream>();
  /** Open streams that have something to tell; each at most once. */
  readonly #ready: PacketStream[] = [];
  #nextConnection = 0;

  constructor(losses: LossListener) {
    this.#losses = losses;
  }

  /** Packets, new connections and ends that the client has not taken yet. */
  get waiting(): number {
    let waiting = this.#new.length;
    for (const stream of [...this.#new, ...this.#open.values()]) waiting += stream.waiting;
    return waiting;
  }

  /**
   * A new connection. If too many wait, the client never hears of it; its stream is dead then, so that its first payload
   * ends the session, and a later request on it may open another.
   */
  offer(segment: TcpSegment): PacketStream {
    const remote = `${ipv4Text(segment.source)}:${segment.sourcePort}`;
    const local = `${ipv4Text(segment.destination)}:${segment.destinationPort}`;
    const stream = new PacketStream(remote, local, {
      ready: () => this.#ready.push(stream),
      lost: () => this.#losses.packetsLost(remote, local),
    });
    if (this.#new.length < NEW_CONNECTIONS) {
      this.#new.push(stream);
    } else {
      stream.abandon();
      this.#losses.connectionLost(remote, local);
    }
    return stream;
  }

  /** The next thing to tell the client, if there is any. */
  next(): SnifferEvent | undefined {
    const opened = this.#new.shift();
    if (opened !== undefined) {
      const connection = this.#nextConnection++;
      this.#open.set(connection, opened);
      opened.open(connection);
      return { kind: 'open', connection, remote: opened.remote, local: opened.local };
    }
    for (let stream = this.#ready.shift(); stream !== undefined; stream = this.#ready.shift()) {
      const event = stream.take();
      if (stream.connection !== undefined && stream.isOver) this.#open.delete(stream.connection);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /** The client does not want more of a connection; its session ends with the next payload. */
  unsubscribe(connection: number): void {
    this.#open.get(connection)?.abandon();
    this.#open.delete(connection);
  }

  /** The client is gone. */
  abandon(): void {
    for (const stream of [...this.#new.splice(0), ...this.#open.values()]) stream.abandon();
    this.#open.clear();
    this.#ready.length = 0;
  }
}

interface StreamOwner {
  ready(): void;
  lost(): void;
}

/** The packets of one mirrored connection on their way to the client: a bounded queue that loses rather than waits. */
export class PacketStream {
  readonly remote: string;
  readonly local: string;
  readonly #owner: StreamOwner;
  readonly #packets: Uint8Array[] = [];
  #connection: number | undefined;
  /** Packets that did not fit. From the first one on nothing of the connection reaches the client any more. */
  #missed = 0;
  #endTold = false;
  #ended = false;
  #abandoned = false;
  #isReady = false;

  constructor(remote: string, local: string, owner: StreamOwner) {
    this.remote = remote;
    this.local = local;
    this.#owner = owner;
  }

  /** Its number, once the client was told of it. */
  get connection(): number | undefined {
    return this.#connection;
  }

  /** Nothing can come of it any more. */
  get isOver(): boolean {
    return this.#abandoned || (this.#ended && this.#endTold);
  }

  /** Events that the client has not taken. */
  get waiting(): number {
    return this.#packets.length + ((this.#ended || this.#missed > 0) && !this.#endTold ? 1 : 0);
  }

  /**
   * @param payload is copied, if it is kept at all.
   * @returns false if nobody listens any more.
   */
  push(payload: Uint8Array): boolean {
    if (this.#abandoned) return false;
    if (this.#missed > 0 || this.#packets.length >= PACKETS_PER_CONNECTION) {
      // mirrord overwrites the oldest, and gives the rest to the client behind the Close, where it is ignored.
      this.#missed += 1;
      this.#packets.length = 0;
      if (this.#missed === 1) this.#owner.lost();
    } else {
      this.#packets.push(Buffer.from(payload));
    }
    this.#becomeReady();
    return true;
  }

  /** The connection was closed by its client. */
  end(): void {
    this.#ended = true;
    this.#becomeReady();
  }

  /** The client was told of the connection. */
  open(connection: number): void {
    this.#connection = connection;
    this.#becomeReady();
  }

  /** The client does not listen any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#endTold = true;
    this.#packets.length = 0;
  }

  /** One event for the client; asks for another turn if there are more. */
  take(): SnifferEvent | undefined {
    this.#isReady = false;
    const connection = this.#connection;
    if (connection === undefined || this.#endTold) return undefined;
    const bytes = this.#packets.shift();
    if (bytes !== undefined) {
      if (this.waiting > 0) this.#becomeReady();
      return { kind: 'data', connection, bytes };
    }
    if (this.#missed > 0) {
      this.#endTold = true;
      return { kind: 'lagged', connection, missed: this.#missed };
    }
    if (!this.#ended) return undefined;
    this.#endTold = true;
    return { kind: 'close', connection };
  }

  #becomeReady(): void {
    if (this.#isReady || this.#connection === undefined) return;
    this.#isReady = true;
    this.#owner.ready();
  }
}
