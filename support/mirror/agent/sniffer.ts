import { ACK, FIN, RST, SYN, type TcpSegment } from '../../wire/ethernet.js';
import { segmentStartsHttpRequest } from '../../wire/ethernet-http.js';
import { addressesOf, type PacketStream, type SnifferClient } from './sniffer-client.js';

/**
 * Turns captured segments into mirrored connections, as mirrord's sniffer did up to 3.180 (3.152 agent/src/sniffer.rs):
 *
 * - A session is one *direction* of a TCP connection: the other direction has another key, and its own port is not subscribed.
 * - It is opened by a bare SYN to a subscribed port, or by any segment there whose own payload starts an HTTP request; the
 *   latter is how a kept-alive HTTP/1 connection from before the subscription is picked up, and why one of HTTP/2 is not.
 * - Payloads are passed on as they arrive. Sequence numbers are not looked at: a retransmission is passed on twice, and what
 *   arrives out of order is passed on out of order.
 * - The first FIN or RST of this direction closes it, after the payload that came with it. A SYN for an open session is ignored;
 *   after the close, a request may open another.
 * - Nothing waits for a slow client: {@link SnifferClient} loses what does not fit.
 *
 * IPv4 only. Pure and synchronous: `handle` a segment, then ask the client for what came of it.
 */
export class Sniffer {
  readonly #ports = new Set<number>();
  /** By destination, then by source: address and port as one number each. */
  readonly #sessions = new Map<number, Map<number, PacketStream>>();
  #client: SnifferClient | undefined;

  /** The client that is told of new sessions. Sessions of an earlier one end with their next payload. */
  set client(client: SnifferClient | undefined) {
    this.#client = client;
  }

  get ports(): ReadonlySet<number> {
    return this.#ports;
  }

  /** @returns whether the capture's filter has to change. */
  subscribe(port: number): boolean {
    if (this.#ports.has(port)) return false;
    this.#ports.add(port);
    return true;
  }

  /** Opens nothing on this port any more. Open sessions stay, but the capture's filter starves them. */
  unsubscribe(port: number): boolean {
    return this.#ports.delete(port);
  }

  unsubscribeAll(): void {
    this.#ports.clear();
  }

  /** @param segment is not kept, nor is its memory. */
  handle(segment: TcpSegment): void {
    if (segment.family !== 4) return;
    const destination = segment.destination * 0x1_0000 + segment.destinationPort;
    const source = segment.source * 0x1_0000 + segment.sourcePort;
    const stream = this.#sessions.get(destination)?.get(source) ?? this.#open(segment, destination, source);
    if (stream === undefined) return;
    if (segment.payloadEnd > segment.payloadStart && !stream.push(kept(segment, stream))) {
      this.#remove(destination, source);
    } else if ((segment.flags & (FIN | RST)) !== 0) {
      stream.end();
      this.#remove(destination, source);
    }
  }

  #open(segment: TcpSegment, destination: number, source: number): PacketStream | undefined {
    if (!this.#ports.has(segment.destinationPort) || this.#client === undefined) return undefined;
    if (!isBareSyn(segment.flags) && !segmentStartsHttpRequest(segment)) return undefined;
    const stream = this.#client.offer(addressesOf(segment));
    let sources = this.#sessions.get(destination);
    if (sources === undefined) {
      sources = new Map();
      this.#sessions.set(destination, sources);
    }
    sources.set(source, stream);
    return stream;
  }

  #remove(destination: number, source: number): void {
    const sources = this.#sessions.get(destination);
    sources?.delete(source);
    if (sources?.size === 0) this.#sessions.delete(destination);
  }
}

function isBareSyn(flags: number): boolean {
  return (flags & SYN) !== 0 && (flags & (ACK | RST | FIN)) === 0;
}

/** The segment's memory is the ring's: what is to be kept is copied. */
function kept({ payload }: TcpSegment, stream: PacketStream): Uint8Array {
  return stream.hasRoom ? Buffer.from(payload) : payload;
}
