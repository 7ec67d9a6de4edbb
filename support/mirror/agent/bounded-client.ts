/** How much may wait for a client that is slow. */
export interface ClientBounds {
  /** New streams that the client has not been told of. */
  readonly streams: number;
  /** Items of one stream. */
  readonly items: number;
}

/** What a client is told, in this order for each stream: open, item…, then close or lagged. */
export type StreamEvent<Head, Item> =
  | { readonly kind: 'open'; readonly stream: number; readonly head: Head }
  | { readonly kind: 'item'; readonly stream: number; readonly item: Item }
  | { readonly kind: 'close'; readonly stream: number }
  /** The client was too slow: `missed` items are lost, and with them the rest of the stream. */
  | { readonly kind: 'lagged'; readonly stream: number; readonly missed: number };

/** Losses, told when they happen; the client itself learns of them when it gets there. */
export interface LossListener<Head> {
  /** As many new streams as may wait do wait: this one is lost. */
  streamLost(head: Head): void;
  /** As many items of this stream as may wait do wait. */
  itemsLost(head: Head): void;
}

/**
 * An agent's side of one client: what the client has not asked for yet waits here within bounds, and is lost if it is too much,
 * because nothing that is mirrored may hold up the original. The client takes new streams first, then one item of each stream
 * in turn.
 */
export class BoundedClient<Head, Item> {
  readonly #bounds: ClientBounds;
  readonly #losses: LossListener<Head>;
  readonly #new: BoundedStream<Head, Item>[] = [];
  readonly #open = new Map<number, BoundedStream<Head, Item>>();
  /** Open streams that have something to tell; each at most once. */
  readonly #ready: BoundedStream<Head, Item>[] = [];
  #nextStream = 0;

  constructor(bounds: ClientBounds, losses: LossListener<Head>) {
    this.#bounds = bounds;
    this.#losses = losses;
  }

  /** Items, new streams and ends that the client has not taken yet. */
  get waiting(): number {
    let waiting = this.#new.length;
    for (const stream of [...this.#new, ...this.#open.values()]) waiting += stream.waiting;
    return waiting;
  }

  /** A new stream. If too many wait, the client never hears of it and the stream is dead: `push` answers false. */
  offer(head: Head): BoundedStream<Head, Item> {
    const stream: BoundedStream<Head, Item> = new BoundedStream(head, this.#bounds.items, {
      ready: () => this.#ready.push(stream),
      lost: () => this.#losses.itemsLost(head),
    });
    if (this.#new.length < this.#bounds.streams) {
      this.#new.push(stream);
    } else {
      stream.abandon();
      this.#losses.streamLost(head);
    }
    return stream;
  }

  /** The next thing to tell the client, if there is any. */
  next(): StreamEvent<Head, Item> | undefined {
    const opened = this.#new.shift();
    if (opened !== undefined) {
      const stream = this.#nextStream++;
      this.#open.set(stream, opened);
      opened.open(stream);
      return { kind: 'open', stream, head: opened.head };
    }
    for (let stream = this.#ready.shift(); stream !== undefined; stream = this.#ready.shift()) {
      const event = stream.take();
      if (stream.number !== undefined && stream.isOver) this.#open.delete(stream.number);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /** The client does not want more of a stream; who fills it learns so at the next item. */
  unsubscribe(number: number): void {
    this.#open.get(number)?.abandon();
    this.#open.delete(number);
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

/** The items of one mirrored stream on their way to the client: a bounded queue that loses rather than waits. */
export class BoundedStream<Head, Item> {
  readonly head: Head;
  readonly #bound: number;
  readonly #owner: StreamOwner;
  readonly #items: Item[] = [];
  #number: number | undefined;
  /** Items that did not fit. From the first one on nothing of the stream reaches the client any more. */
  #missed = 0;
  #endTold = false;
  #ended = false;
  #abandoned = false;
  #isReady = false;

  constructor(head: Head, bound: number, owner: StreamOwner) {
    this.head = head;
    this.#bound = bound;
    this.#owner = owner;
  }

  /** Its number, once the client was told of it. */
  get number(): number | undefined {
    return this.#number;
  }

  /** Nothing can come of it any more. */
  get isOver(): boolean {
    return this.#abandoned || (this.#ended && this.#endTold);
  }

  /** Events that the client has not taken. */
  get waiting(): number {
    return this.#items.length + ((this.#ended || this.#missed > 0) && !this.#endTold ? 1 : 0);
  }

  /** Whether the next item would be kept; what is not kept need not be copied. */
  get hasRoom(): boolean {
    return !this.#abandoned && this.#missed === 0 && this.#items.length < this.#bound;
  }

  /** @returns false if nobody listens any more. */
  push(item: Item): boolean {
    if (this.#abandoned) return false;
    if (!this.hasRoom) {
      // mirrord overwrites the oldest, and gives the rest to the client behind the Close, where it is ignored.
      this.#missed += 1;
      this.#items.length = 0;
      if (this.#missed === 1) this.#owner.lost();
    } else {
      this.#items.push(item);
    }
    this.#becomeReady();
    return true;
  }

  /** The original has come to its end. */
  end(): void {
    this.#ended = true;
    this.#becomeReady();
  }

  /** The client was told of the stream. */
  open(number: number): void {
    this.#number = number;
    this.#becomeReady();
  }

  /** The client does not listen any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#endTold = true;
    this.#items.length = 0;
  }

  /** One event for the client; asks for another turn if there are more. */
  take(): StreamEvent<Head, Item> | undefined {
    this.#isReady = false;
    const stream = this.#number;
    if (stream === undefined || this.#endTold) return undefined;
    const item = this.#items.shift();
    if (item !== undefined) {
      if (this.waiting > 0) this.#becomeReady();
      return { kind: 'item', stream, item };
    }
    if (this.#missed > 0) {
      this.#endTold = true;
      return { kind: 'lagged', stream, missed: this.#missed };
    }
    if (!this.#ended) return undefined;
    this.#endTold = true;
    return { kind: 'close', stream };
  }

  #becomeReady(): void {
    if (this.#isReady || this.#number === undefined) return;
    this.#isReady = true;
    this.#owner.ready();
  }
}
