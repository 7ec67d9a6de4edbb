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
  /**
   * By both ports of a connection: who comes first, the relay's word or the accepted socket, waits here. The port that the relay
   * connects from does not tell connections apart: Linux gives the same to connections with different destinations.
   */
  readonly #expected = new Map<string, ReceivedConnection>();
  readonly #accepted = new Map<string, Socket>();
  readonly #bytesPerSecond: number | undefined;
  readonly #sockets = new Set<Socket>();
  #unreadBytes = 0;

  /** @param bytesPerSecond that are read of each connection; all that come if it is not said. */
  constructor(decoderOf: DecoderFactory, bytesPerSecond?: number) {
    this.#decoderOf = decoderOf;
    this.#bytesPerSecond = bytesPerSecond;
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

  async die(): Promise<void> {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))));
  }

  witness(connection: number, speaks: Speaks): ConnectionWitness {
    let ports: string | undefined;
    const received = new ReceivedConnection(
      this.#decoderOf(connection),
      (change) => {
        this.#unreadBytes += change;
      },
      {
        answer: speaks === 'raw' ? undefined : (stream) => this.#answering.serve(stream, speaks),
        bytesPerSecond: this.#bytesPerSecond,
      },
    );
    return {
      connected: ({ localPort, remotePort }, taken) => {
        ports = portsText(localPort, remotePort);
        received.onRead = taken;
        const socket = this.#accepted.get(ports);
        this.#accepted.delete(ports);
        if (socket === undefined) this.#expected.set(ports, received);
        else received.read(socket);
      },
      delivered: (bytes) => received.delivered(bytes.length),
      closed: (how, detail) => {
        // An orderly end reaches us through the socket, behind the bytes that came before.
        if (how === 'fin') return;
        if (ports !== undefined) this.#expected.delete(ports);
        received.lose(how, detail);
      },
    };
  }

  #accept(socket: Socket): void {
    if (socket.remotePort === undefined) {
      socket.destroy();
      return;
    }
    const ports = portsText(socket.remotePort, socket.localPort);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const received = this.#expected.get(ports);
    this.#expected.delete(ports);
    if (received !== undefined) {
      received.read(socket);
      return;
    }
    this.#accepted.set(ports, socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#accepted.get(ports) === socket) this.#accepted.delete(ports);
    });
  }
}

/** @param from of the relay. @param to ours. */
function portsText(from: number | undefined, to: number | undefined): string {
  return `${from} → ${to}`;
}

interface ReceivedOptions {
  /** Speaks with the client; without it nobody does. */
  readonly answer: ((stream: Duplex) => void) | undefined;
  readonly bytesPerSecond: number | undefined;
}

/** Reads nothing for so many seconds, which is long enough for what was read just now. */
function rest(socket: Socket, answered: AnsweredSocket | undefined, seconds: number): void {
  if (answered === undefined) socket.pause();
  else answered.resting = true;
  setTimeout(() => {
    if (answered === undefined) socket.resume();
    else answered.resting = false;
  }, seconds * 1000);
}

/** One connection as the receiver sees it. */
class ReceivedConnection {
  readonly #decoder: RequestDecoder;
  readonly #onUnread: (change: number) => void;
  readonly #options: ReceivedOptions;
  onRead: (() => void) | undefined;
  #unread = 0;
  #ended = false;

  constructor(decoder: RequestDecoder, onUnread: (change: number) => void, options: ReceivedOptions) {
    this.#decoder = decoder;
    this.#onUnread = onUnread;
    this.#options = options;
  }

  read(socket: Socket): void {
    this.onRead?.();
    const { answer, bytesPerSecond } = this.#options;
    const answered = answer && new AnsweredSocket(socket);
    socket.on('data', (bytes: Buffer) => {
      if (this.#ended) return;
      this.#decoder.push(bytes);
      this.#count(-bytes.length);
      answered?.received(bytes);
      if (bytesPerSecond !== undefined) rest(socket, answered, bytes.length / bytesPerSecond);
    });
    socket.on('end', () => {
      this.#end('fin');
      if (answered === undefined) socket.destroy();
      else answered.receivedAll();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.#end('rst', error.code));
    socket.on('close', () => this.#end('fin'));
    if (answered !== undefined) answer?.(answered);
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
