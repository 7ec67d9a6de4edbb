import { isIPv4, isIPv6 } from 'node:net';
import { ACK, FIN, PSH, RST, SYN } from './ethernet.js';

const FLAGS = { FIN, SYN, RST, PSH, ACK } as const;
const TTL = 64;

/** What a frame is built of. */
export interface TcpFrame {
  /** IPv4 or IPv6, both of one family. */
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: readonly (keyof typeof FLAGS)[];
  readonly sequence?: number;
  readonly acknowledgment?: number;
  readonly window?: number;
  readonly payload?: Uint8Array;
  /** `00:00:00:00:00:00` if absent, as on `lo`. */
  readonly sourceMac?: string;
  readonly destinationMac?: string;
  /** Bytes of IPv4 options (no-operation), a multiple of 4. */
  readonly ipOptions?: number;
  /** Bytes of padding behind the IP packet. */
  readonly padding?: number;
}

/** Builds an Ethernet frame with one TCP segment; all checksums are right. */
export function buildTcpFrame(frame: TcpFrame): Buffer {
  const tcp = tcpHeader(frame);
  const payload = frame.payload ?? new Uint8Array(0);
  const v6 = isIPv6(frame.source);
  const source = addressBytes(frame.source);
  const destination = addressBytes(frame.destination);
  const pseudoHeader = Buffer.concat([source, destination, uint16s(0, 6, 0, tcp.length + payload.length)]);
  tcp.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, tcp, payload])), 16);
  return Buffer.concat([
    macBytes(frame.destinationMac),
    macBytes(frame.sourceMac),
    uint16s(v6 ? 0x86dd : 0x0800),
    v6
      ? ipv6Header(source, destination, tcp.length + payload.length)
      : ipv4Header(source, destination, tcp.length + payload.length, frame.ipOptions ?? 0),
    tcp,
    payload,
    Buffer.alloc(frame.padding ?? 0),
  ]);
}

function tcpHeader(frame: TcpFrame): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(frame.sourcePort, 0);
  header.writeUInt16BE(frame.destinationPort, 2);
  header.writeUInt32BE(frame.sequence ?? 0, 4);
  header.writeUInt32BE(frame.acknowledgment ?? 0, 8);
  header.writeUInt8(5 << 4, 12);
  header.writeUInt8(
    frame.flags.reduce((bits, flag) => bits | FLAGS[flag], 0),
    13,
  );
  header.writeUInt16BE(frame.window ?? 0, 14);
  return header;
}

function ipv4Header(source: Buffer, destination: Buffer, payloadLength: number, options: number): Buffer {
  const header = Buffer.alloc(20 + options, 1);
  header.writeUInt8(0x40 | (header.length / 4), 0);
  header.writeUInt8(0, 1);
  header.writeUInt16BE(header.length + payloadLength, 2);
  header.writeUInt32BE(0, 4);
  header.writeUInt8(TTL, 8);
  header.writeUInt8(6, 9);
  header.writeUInt16BE(0, 10);
  source.copy(header, 12);
  destination.copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return header;
}

function ipv6Header(source: Buffer, destination: Buffer, payloadLength: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt8(0x60, 0);
  header.writeUInt16BE(payloadLength, 4);
  header.writeUInt8(6, 6);
  header.writeUInt8(TTL, 7);
  source.copy(header, 8);
  destination.copy(header, 24);
  return header;
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const before = groups(head);
  const after = groups(tail ?? '');
  return uint16s(...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after);
}

function macBytes(mac = '00:00:00:00:00:00'): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

function uint16s(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    bytes.writeUInt16BE(value, index * 2);
  });
  return bytes;
}

/** The Internet checksum (RFC 1071). */
function checksum(data: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < data.length; at += 2) sum += data.readUInt16BE(at);
  if (data.length % 2 === 1) sum += (data[data.length - 1] ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
