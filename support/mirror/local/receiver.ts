import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RequestDecoder } from '../../wire/request-decoder.js';
import { AnsweredSocket } from './answered-socket.js';
import { AnsweringServer } from './answering-server.js';
import type { ConnectionWitness } from './mirrored-connection.js';
import type { LocalDestination, Speaks } from './relay.js';

const HOST = '127.0.0.1';

/** Makes the decoder of a mirrored connection. */
export type DecoderFactory = (connection: number) => RequestDecoder;

/**
 * The built-in local process: listens like an application would, and journals what it was really sent. Copies of connections it does
 * not answer: a mirrored answer would be discarded. HTTP clients that replay requests get an answer, behind the same journal.
 */
export class Receiver implements LocalDestination {
  readonly #decoderOf: DecoderFactory;
  readonly #answering = new AnsweringServer();
  readonly #servers: Server[] = [];
  readonly #ports = new Map<number, number>();
  /** By the port that the relay connects from: who comes first, the relay's word or the accepted socket, waits here. */
  readonly #expected = new Map<number, ReceivedConnection>();
  readonly #accepted = new Map<number, Socket>();
  #unreadBytes = 0;

  constructor(decoderOf: DecoderFactory) {
    this.#decoderOf = decoderOf;
  }

  /** Listens on a local port (0: any) for the traffic of a remote one. */
  async listen(local: number, remote: number): Promise<number> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => this.#accept(socket));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: HOST, port: local, backlog: 4096 }, resolve);
    });
    this.#servers.push(server);
    const { port } = server.address() as AddressInfo;
    this.#ports.set(remote, port);
    return port;
  }

  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  addressFor(remotePort: number): { readonly host: string; readonly port: number } | undefined {
    const port = this.#ports.get(remotePort);
    return port === undefined ? undefined : { host: HOST, port };
  }

  witness(connection: number, speaks: Speaks): ConnectionWitness {
    let relayPort: number | undefined;
    const received = new ReceivedConnection(
      this.#decoderOf(connection),
      (change) => {
        this.#unreadBytes += change;
      },
      speaks === 'raw' ? undefined : (stream) => this.#answering.serve(stream, speaks),
    );
    return {
      connected: (port, taken) => {
        relayPort = port;
        received.onRead = taken;
        const socket = this.#accepted.get(port);
        this.#accepted.delete(port);
        if (socket === undefined) this.#expected.set(port, received);
        else received.read(socket);
      },
      delivered: (bytes) => received.delivered(bytes.length),
      closed: (how, detail) => {
        // An orderly end reaches us through the socket, behind the bytes that came before.
        if (how === 'fin') return;
        if (relayPort !== undefined) this.#expected.delete(relayPort);
        received.lose(how, detail);
      },
    };
  }

  #accept(socket: Socket): void {
    const port = socket.remotePort;
    if (port === undefined) {
      socket.destroy();
      return;
    }
    const received = this.#expected.get(port);
    this.#expected.delete(port);
    if (received !== undefined) {
      received.read(socket);
      return;
    }
    this.#accepted.set(port, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#accepted.get(port) === socket) this.#accepted.delete(port);
    });
  }
}

/** One connection as the receiver sees it. */
class ReceivedConnection {
  readonly #decoder: RequestDecoder;
  readonly #onUnread: (change: number) => void;
  readonly #answer: ((stream: Duplex) => void) | undefined;
  onRead: (() => void) | undefined;
  #unread = 0;
  #ended = false;

  /** @param answer speaks with the client; without it nobody does. */
  constructor(decoder: RequestDecoder, onUnread: (change: number) => void, answer?: (stream: Duplex) => void) {
    this.#decoder = decoder;
    this.#onUnread = onUnread;
    this.#answer = answer;
  }

  read(socket: Socket): void {
    this.onRead?.();
    const answered = this.#answer && new AnsweredSocket(socket);
    socket.on('data', (bytes: Buffer) => {
      if (this.#ended) return;
      this.#decoder.push(bytes);
      this.#count(-bytes.length);
      answered?.received(bytes);
    });
    socket.on('end', () => {
      this.#end('fin');
      if (answered === undefined) socket.destroy();
      else answered.receivedAll();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end('rst', error.code));
    socket.on('close', () => this.#end('fin'));
    if (answered !== undefined) this.#answer?.(answered);
    socket.resume();
  }

  delivered(length: number): void {
    if (!this.#ended) this.#count(length);
  }

  lose(how: 'rst' | 'lost', detail?: string): void {
    this.#end(how, detail);
  }

  /** May be negative for a moment: bytes can be read before the relay hears that they were delivered. */
  #count(change: number): void {
    this.#unread += change;
    this.#onUnread(change);
  }

  #end(how: 'fin' | 'rst' | 'lost', detail?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#count(-this.#unread);
    this.#decoder.end(how, detail);
  }
}
