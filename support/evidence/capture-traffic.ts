import type { InterfaceTraffic } from '../model/verdict.js';
import { FIN, RST, SYN, type TcpSegment } from '../wire/ethernet.js';
import { segmentStartsHttpRequest } from '../wire/ethernet-http.js';
import { probeMagic } from '../wire/ethernet-probe.js';
import { looksLikeTlsRecord } from '../wire/tls.js';

const TLS_HANDSHAKE = 22;
const TLS_APPLICATION_DATA = 23;

/** Sums up what an interface carried, segment by segment. */
export class TrafficSummary {
  readonly #interface: string;
  #packets = 0;
  #payloadBytes = 0;
  #tlsRecords = 0;
  #plaintextRequests = 0;
  #retransmissions = 0;
  /** By direction of a connection: the sequence number that comes next. */
  readonly #next = new Map<string, number>();

  constructor(interfaceName: string) {
    this.#interface = interfaceName;
  }

  /** @returns false for mirrorspec's own probes, which are no traffic. */
  add(segment: TcpSegment): boolean {
    if (probeMagic(segment) !== undefined) return false;
    this.#packets += 1;
    this.#payloadBytes += segment.payloadLength;
    this.#follow(segment);
    if (segment.payloadLength === 0) return true;
    const type = segment.memory[segment.payloadStart];
    if (type === TLS_HANDSHAKE || type === TLS_APPLICATION_DATA) {
      if (looksLikeTlsRecord(segment.payload)) this.#tlsRecords += 1;
    } else if (segmentStartsHttpRequest(segment)) {
      this.#plaintextRequests += 1;
    }
    return true;
  }

  get traffic(): InterfaceTraffic {
    return {
      interface: this.#interface,
      packets: this.#packets,
      payloadBytes: this.#payloadBytes,
      tlsRecords: this.#tlsRecords,
      plaintextRequests: this.#plaintextRequests,
      retransmissions: this.#retransmissions,
    };
  }

  /** Sequence numbers wrap around, so they are compared by their difference (RFC 9293 §3.4). */
  #follow(segment: TcpSegment): void {
    const { source, destination, sourcePort, destinationPort, sequence, payloadLength, flags } = segment;
    if (payloadLength === 0 && (flags & (SYN | FIN | RST)) === 0) return;
    const key = `${source}:${sourcePort}>${destination}:${destinationPort}`;
    if ((flags & RST) !== 0) {
      this.#next.delete(key);
      return;
    }
    const known = (flags & SYN) === 0 ? this.#next.get(key) : undefined;
    if (known !== undefined && payloadLength > 0 && ((sequence - known) | 0) < 0) this.#retransmissions += 1;
    const next = (sequence + payloadLength + ((flags & SYN) === 0 ? 0 : 1)) >>> 0;
    if (known === undefined || ((next - known) | 0) > 0) this.#next.set(key, next);
    if ((flags & FIN) !== 0) this.#next.delete(key);
  }
}
