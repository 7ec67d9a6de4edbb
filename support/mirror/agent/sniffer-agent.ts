import type { Socket } from 'node:net';
import type { Frame, PacketRing } from '../../linux/packet-ring.js';
import { now } from '../../model/journal.js';
import type { LogLine, SessionCounters } from '../../model/session.js';
import { DROP_ALL, tcpPortFilter } from '../../wire/bpf.js';
import { parseTcp, TcpSegment } from '../../wire/ethernet.js';
import { probeMagic } from '../../wire/ethernet-probe.js';
import { MESSAGE } from '../agent-protocol.js';
import type { Backlog } from './backlog.js';
import { ClientLink } from './client-link.js';
import type { Outbox } from './outbox.js';
import type { ProbeWatch } from './probe-watch.js';
import { Sniffer } from './sniffer.js';
import { type Addresses, SnifferClient, type SnifferEvent } from './sniffer-client.js';

/** Joins a capture, the {@link Sniffer} and the local process's connection. */
export class SnifferAgent {
  readonly #ring: PacketRing;
  readonly #probes: ProbeWatch;
  readonly #log: (level: LogLine['level'], text: string) => void;
  readonly #sniffer = new Sniffer();
  readonly #segment = new TcpSegment();
  #session: ClientLink<Addresses, Uint8Array> | undefined;
  #frames = 0;
  #bytes = 0;
  #connections = 0;
  #forwardedBytes = 0;
  #lagged = 0;
  #refused = 0;

  /** @param ring filters everything out still, and is not started. */
  constructor(ring: PacketRing, probes: ProbeWatch, log: (level: LogLine['level'], text: string) => void) {
    this.#ring = ring;
    this.#probes = probes;
    this.#log = log;
    ring.start(
      (frame) => this.#handle(frame),
      () => this.#session?.flush(),
    );
  }

  get ports(): readonly number[] {
    return [...this.#sniffer.ports];
  }

  counters(): SessionCounters {
    return {
      frames: this.#frames,
      bytes: this.#bytes,
      drops: this.#ring.statistics().drops,
      connections: this.#connections,
      forwardedBytes: this.#forwardedBytes,
      lagged: this.#lagged,
      requests: 0,
      refused: this.#refused,
    };
  }

  /** The backlog once everything that was captured before this call has gone through the sniffer. */
  async backlog(): Promise<Backlog> {
    await this.#ring.drained();
    const session = this.#session;
    return { waiting: session?.waiting ?? 0, sentBytes: session?.sentBytes ?? 0 };
  }

  /** Serves the local process. There is one: another is turned away. */
  serve(socket: Socket): void {
    if (this.#session !== undefined) {
      this.#log('warn', 'a second local process was turned away');
      socket.destroy();
      return;
    }
    const client = new SnifferClient({
      streamLost: ({ remote, local }) => {
        this.#lagged += 1;
        this.#refused += 1;
        this.#log('warn', `too many new connections wait for the local process: ${remote} → ${local} is lost`);
      },
      itemsLost: ({ remote, local }) => {
        this.#lagged += 1;
        this.#log(
          'warn',
          `too many packets of ${remote} → ${local} wait for the local process: the connection is lost`,
        );
      },
    });
    this.#sniffer.client = client;
    this.#session = new ClientLink(socket, client, {
      send: (outbox, event) => this.#send(outbox, event),
      subscribe: (port) => {
        if (this.#sniffer.subscribe(port)) this.#updateFilter();
        this.#log('info', `subscribed to port ${port}`);
        return now();
      },
      unsubscribe: (port) => {
        if (this.#sniffer.unsubscribe(port)) this.#updateFilter();
      },
      left: () => this.#leave(),
      problem: (text) => this.#log('warn', text),
    });
  }

  #leave(): void {
    this.#log('info', 'the local process is gone');
    this.#sniffer.client = undefined;
    this.#sniffer.unsubscribeAll();
    this.#ring.setFilter(DROP_ALL);
    this.#session = undefined;
  }

  #updateFilter(): void {
    this.#ring.setFilter(tcpPortFilter(this.#sniffer.ports, { families: ['ipv4'] }));
  }

  #handle(frame: Frame): void {
    const segment = this.#segment;
    if (!parseTcp(frame.memory, frame.start, frame.end, segment)) return;
    const magic = probeMagic(segment);
    if (magic !== undefined) {
      this.#probes.saw(magic);
      return;
    }
    this.#frames += 1;
    this.#bytes += frame.originalLength;
    this.#sniffer.handle(segment);
    this.#session?.forward();
  }

  #send(outbox: Outbox, event: SnifferEvent): void {
    switch (event.kind) {
      case 'open':
        this.#connections += 1;
        outbox.message(MESSAGE.newConnection, event.stream, event.head);
        break;
      case 'item':
        this.#forwardedBytes += event.item.length;
        outbox.data(event.stream, event.item);
        break;
      case 'close':
        outbox.message(MESSAGE.close, event.stream);
        break;
      case 'lagged': {
        const text = `failed to process on time ${event.missed} packet(s) from mirrored connection ${event.stream}, closing connection`;
        outbox.message(MESSAGE.log, 0, { level: 'error', text });
        outbox.message(MESSAGE.close, event.stream);
        break;
      }
    }
  }
}
