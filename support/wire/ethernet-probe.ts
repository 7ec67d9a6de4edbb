import { RST, type TcpSegment } from './ethernet.js';
import { buildTcpFrame } from './ethernet-build.js';

/** `MSPC`: stands in the acknowledgment field, which a reset without ACK leaves 0 otherwise. */
const MARK = 0x4d535043;

/** Where a probe is to be seen. */
export interface ProbeTarget {
  /** Address of the pod on the interface. */
  readonly address: string;
  /** Hardware address of the interface. */
  readonly mac: string;
  /** A port that the capture's filter passes. */
  readonly port: number;
  /** Tells probes apart: becomes the sequence number. */
  readonly magic: number;
}

/**
 * A frame that a capture must see, and that nothing else notices: a TCP reset without payload from port 0, which no connection can
 * have, with the pod's own address as its source, so that the IP layer refuses it as a martian, after the capture has had it.
 */
export function buildProbe({ address, mac, port, magic }: ProbeTarget): Buffer {
  return buildTcpFrame({
    source: address,
    destination: address,
    sourcePort: 0,
    destinationPort: port,
    flags: ['RST'],
    sequence: magic,
    acknowledgment: MARK,
    destinationMac: mac,
    sourceMac: mac,
  });
}

/** The magic number of a probe; undefined for all other segments. */
export function probeMagic(segment: TcpSegment): number | undefined {
  const isProbe = segment.sourcePort === 0 && segment.flags === RST && segment.acknowledgment === MARK;
  return isProbe && segment.payloadLength === 0 ? segment.sequence : undefined;
}
