import type { InterfaceTraffic } from '../model/verdict.js';
import type { TcpSegment } from '../wire/ethernet.js';
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

  constructor(interfaceName: string) {
    this.#interface = interfaceName;
  }

  /** @returns false for mirrorspec's own probes, which are no traffic. */
  add(segment: TcpSegment): boolean {
    if (probeMagic(segment) !== undefined) return false;
    this.#packets += 1;
    this.#payloadBytes += segment.payloadLength;
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
    };
  }
}
