import type { Socket } from 'node:net';
import { MESSAGE, MessageReader } from '../agent-protocol.js';
import type { BoundedClient, StreamEvent } from './bounded-client.js';
import { Outbox } from './outbox.js';

/** What an agent does for its client. */
export interface ClientHandler<Head, Item> {
  /** Tells an event to the client. */
  send(outbox: Outbox, event: StreamEvent<Head, Item>): void;
  /** @returns since when the port is captured, in epoch milliseconds. */
  subscribe(port: number): number;
  unsubscribe(port: number): void;
  /** The client's connection is gone. */
  left(): void;
  problem(text: string): void;
}

/** An agent's connection with the local process: serves its requests and hands on what is mirrored, as far as there is room. */
export class ClientLink<Head, Item> {
  readonly #client: BoundedClient<Head, Item>;
  readonly #outbox: Outbox;
  readonly #handler: ClientHandler<Head, Item>;

  constructor(socket: Socket, client: BoundedClient<Head, Item>, handler: ClientHandler<Head, Item>) {
    this.#client = client;
    this.#handler = handler;
    this.#outbox = new Outbox(socket, () => {
      this.forward();
      this.#outbox.flush();
    });
    const reader = new MessageReader((type, number) => this.#receive(type, number));
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      this.#outbox.flush();
    });
    socket.on('error', (error) => handler.problem(`connection of the local process: ${error.message}`));
    socket.on('close', () => {
      client.abandon();
      handler.left();
    });
  }

  /** What waits in the client's queues. */
  get waiting(): number {
    return this.#client.waiting;
  }

  /** Bytes of all messages so far. */
  get sentBytes(): number {
    return this.#outbox.sentBytes;
  }

  /** Hands on what the client has room for. What it has no room for waits, within bounds, and is lost beyond. */
  forward(): void {
    while (this.#outbox.hasRoom) {
      const event = this.#client.next();
      if (event === undefined) return;
      this.#handler.send(this.#outbox, event);
    }
  }

  /** Sends what was handed on. */
  flush(): void {
    this.#outbox.flush();
  }

  #receive(type: number, number: number): void {
    switch (type) {
      case MESSAGE.subscribe:
        this.#outbox.message(MESSAGE.subscribed, number, { at: this.#handler.subscribe(number) });
        break;
      case MESSAGE.unsubscribe:
        this.#handler.unsubscribe(number);
        break;
      case MESSAGE.unsubscribeConnection:
        this.#client.unsubscribe(number);
        break;
      case MESSAGE.ping:
        this.#outbox.message(MESSAGE.pong, number);
        break;
    }
  }
}
