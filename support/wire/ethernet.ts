/** TCP flags (RFC 9293 §3.1). */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

const ETHERNET_HEADER = 14;
const IPV6_HEADER = 40;
const MINIMAL_IPV4_HEADER = 20;
const MINIMAL_TCP_HEADER = 20;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const PROTOCOL_TCP = 6;

/**
 * One TCP segment inside a captured frame. The object is meant to be filled again and again: nothing is allocated for a
 * segment that nobody keeps.
 */
export class TcpSegment {
  family: 4 | 6 = 4;
  /** IPv4 addresses as unsigned numbers; 0 with IPv6. */
  source = 0;
  destination = 0;
  sourcePort = 0;
  destinationPort = 0;
  flags = 0;
  sequence = 0;
  acknowledgment = 0;
  window = 0;
  /** The frame's memory, and where the captured payload is in it. */
  memory: Uint8Array = new Uint8Array(0);
  payloadStart = 0;
  payloadEnd = 0;
  /** Length of the payload on the wire; more than was captured where the capture cut the frame. */
  payloadLength = 0;

  /** A view of the captured payload; valid as long as the frame's memory is. */
  get payload(): Uint8Array {
    return this.memory.subarray(this.payloadStart, this.payloadEnd);
  }
}

/**
 * Finds the TCP segment of an Ethernet frame in `memory[start…end)`. The IP length decides where the payload ends: behind it may be
 * Ethernet padding, which is no data. Checksums are not looked at: with checksum offload they are not yet computed on `lo`.
 *
 * @returns false, and an undefined segment, for everything else: other protocols, later fragments, frames cut within their headers.
 */
export function parseTcp(memory: Uint8Array, start: number, end: number, segment: TcpSegment): boolean {
  if (end - start < ETHERNET_HEADER + MINIMAL_IPV4_HEADER) return false;
  const ip = start + ETHERNET_HEADER;
  const etherType = uint16(memory, start + 12);
  let tcp: number;
  /** Where the IP packet ends on the wire; may lie behind `end` where the capture cut the frame. */
  let packetEnd: number;
  if (etherType === ETHERTYPE_IPV4) {
    const version = byte(memory, ip);
    const headerLength = (version & 0x0f) * 4;
    if (version >> 4 !== 4 || headerLength < MINIMAL_IPV4_HEADER || byte(memory, ip + 9) !== PROTOCOL_TCP) return false;
    if ((uint16(memory, ip + 6) & 0x1fff) !== 0) return false;
    const totalLength = uint16(memory, ip + 2);
    tcp = ip + headerLength;
    // Length 0: a packet of more than 64 KiB that segmentation offload has not cut yet (BIG TCP).
    packetEnd = totalLength === 0 ? end : ip + totalLength;
    segment.family = 4;
    segment.source = uint32(memory, ip + 12);
    segment.destination = uint32(memory, ip + 16);
  } else if (etherType === ETHERTYPE_IPV6) {
    if (end - ip < IPV6_HEADER || byte(memory, ip + 6) !== PROTOCOL_TCP) return false;
    const payloadLength = uint16(memory, ip + 4);
    tcp = ip + IPV6_HEADER;
    packetEnd = payloadLength === 0 ? end : tcp + payloadLength;
    segment.family = 6;
    segment.source = 0;
    segment.destination = 0;
  } else {
    return false;
  }
  if (tcp + MINIMAL_TCP_HEADER > Math.min(end, packetEnd)) return false;
  const payload = tcp + (byte(memory, tcp + 12) >> 4) * 4;
  if (payload < tcp + MINIMAL_TCP_HEADER || payload > packetEnd) return false;
  segment.sourcePort = uint16(memory, tcp);
  segment.destinationPort = uint16(memory, tcp + 2);
  segment.sequence = uint32(memory, tcp + 4);
  segment.acknowledgment = uint32(memory, tcp + 8);
  segment.flags = byte(memory, tcp + 13) & 0x3f;
  segment.window = uint16(memory, tcp + 14);
  segment.memory = memory;
  segment.payloadEnd = Math.min(end, packetEnd);
  segment.payloadStart = Math.min(payload, segment.payloadEnd);
  segment.payloadLength = packetEnd - payload;
  return true;
}

/** `a.b.c.d` of an address as {@link TcpSegment} keeps it. */
export function ipv4Text(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 0xff}.${(address >>> 8) & 0xff}.${address & 0xff}`;
}

function byte(memory: Uint8Array, at: number): number {
  return memory[at] ?? 0;
}

function uint16(memory: Uint8Array, at: number): number {
  return (byte(memory, at) << 8) | byte(memory, at + 1);
}

function uint32(memory: Uint8Array, at: number): number {
  return ((uint16(memory, at) << 16) | uint16(memory, at + 2)) >>> 0;
}
