import { connect, type Socket } from 'node:net';
import {
  decodePayload,
  encodeMessage,
  type LogMessage,
  MESSAGE,
  MessageReader,
  type NewConnection,
  type NewRequest,
  type Subscribed,
} from '../agent-protocol.js';

/** Told what the agent sends. */
export interface AgentListener {
  opened(connection: number, addresses: NewConnection): void;
  /** A request begins; its number is one of connections. */
  requested(connection: number, request: NewRequest): void;
  data(connection: number, bytes: Uint8Array): void;
  /** Header fields behind the body of a request. */
  trailers(connection: number, fields: readonly string[]): void;
  /** The end of a body, or the half-close of a connection. */
  ended(connection: number): void;
  upgraded(connection: number): void;
  closed(connection: number): void;
  log(message: LogMessage): void;
  /** The agent is gone, or its connection broke. */
  lost(reason: string): void;
}

/** The local process's end of the session with the agent. */
export class AgentConnection {
  readonly #socket: Socket;
  readonly #listener: AgentListener;
  readonly #subscribing = new Map<number, { resolve(at: number): void; reject(error: Error): void }>();
  readonly #pings = new Map<number, () => void>();
  #nextPing = 1;
  #receivedBytes = 0;
  #lost: string | undefined;

  private constructor(socket: Socket, listener: AgentListener) {
    this.#socket = socket;
    this.#listener = listener;
    const reader = new MessageReader((type, number, payload) => this.#receive(type, number, payload));
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      this.#receivedBytes += chunk.length;
    });
    socket.on('error', (error) => this.#lose(error.message));
    socket.on('close', () => this.#lose('the agent closed the session'));
  }

  /** @throws if nobody listens there. */
  static open(path: string, listener: AgentListener): Promise<AgentConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(path);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new AgentConnection(socket, listener));
      });
    });
  }

  /** Bytes of all messages so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Resolves when the port's traffic is captured, with the time since when. */
  subscribe(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(new Error(this.#lost));
        return;
      }
      this.#subscribing.set(port, { resolve, reject });
      this.#socket.write(encodeMessage(MESSAGE.subscribe, port));
    });
  }

  unsubscribeConnection(connection: number): void {
    if (this.#lost === undefined) this.#socket.write(encodeMessage(MESSAGE.unsubscribeConnection, connection));
  }

  /** Whether the agent answers within the time. */
  async ping(timeoutMs: number): Promise<boolean> {
    if (this.#lost !== undefined) return false;
    const nonce = this.#nextPing++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pings.delete(nonce);
        resolve(false);
      }, timeoutMs);
      this.#pings.set(nonce, () => {
        clearTimeout(timer);
        this.#pings.delete(nonce);
        resolve(this.#lost === undefined);
      });
      this.#socket.write(encodeMessage(MESSAGE.ping, nonce));
    });
  }

  /** Stops reading: what the agent sends waits there, and is lost beyond its bounds. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Leaves the session. */
  close(): void {
    this.#socket.destroy();
  }

  #receive(type: number, number: number, payload: Buffer): void {
    switch (type) {
      case MESSAGE.newConnection:
        this.#listener.opened(number, decodePayload<NewConnection>(payload));
        break;
      case MESSAGE.newRequest:
        this.#listener.requested(number, decodePayload<NewRequest>(payload));
        break;
      case MESSAGE.data:
        this.#listener.data(number, payload);
        break;
      case MESSAGE.trailers:
        this.#listener.trailers(number, decodePayload<readonly string[]>(payload));
        break;
      case MESSAGE.end:
        this.#listener.ended(number);
        break;
      case MESSAGE.upgraded:
        this.#listener.upgraded(number);
        break;
      case MESSAGE.close:
        this.#listener.closed(number);
        break;
      case MESSAGE.log:
        this.#listener.log(decodePayload<LogMessage>(payload));
        break;
      case MESSAGE.pong:
        this.#pings.get(number)?.();
        break;
      case MESSAGE.subscribed:
        this.#subscribing.get(number)?.resolve(decodePayload<Subscribed>(payload).at);
        this.#subscribing.delete(number);
        break;
    }
  }

  #lose(reason: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = reason;
    this.#socket.destroy();
    for (const { reject } of this.#subscribing.values()) reject(new Error(reason));
    this.#subscribing.clear();
    for (const answer of [...this.#pings.values()]) answer();
    this.#listener.lost(reason);
  }
}
