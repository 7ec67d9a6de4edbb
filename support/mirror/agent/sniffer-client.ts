import { ipv4Text, type TcpSegment } from '../../wire/ethernet.js';
import { BoundedClient, type BoundedStream, type LossListener, type StreamEvent } from './bounded-client.js';

/** Packets of one connection that may wait (mirrord 3.152 sniffer.rs, `CONNECTION_DATA_CHANNEL_CAPACITY`). */
export const PACKETS_PER_CONNECTION = 512;
/** New connections that may wait (mirrord 3.152 sniffer/api.rs, `CONNECTION_CHANNEL_SIZE`). */
export const NEW_CONNECTIONS = 128;

/** `ip:port` of the client and of the workload, as the capture saw them. */
export interface Addresses {
  readonly remote: string;
  readonly local: string;
}

export type SnifferEvent = StreamEvent<Addresses, Uint8Array>;
/** The packets of one mirrored connection. */
export type PacketStream = BoundedStream<Addresses, Uint8Array>;

/** The sniffer's side of one client, with mirrord's bounds (3.152 sniffer/api.rs). */
export class SnifferClient extends BoundedClient<Addresses, Uint8Array> {
  constructor(losses: LossListener<Addresses>) {
    super({ streams: NEW_CONNECTIONS, items: PACKETS_PER_CONNECTION }, losses);
  }
}

export function addressesOf(segment: TcpSegment): Addresses {
  return {
    remote: `${ipv4Text(segment.source)}:${segment.sourcePort}`,
    local: `${ipv4Text(segment.destination)}:${segment.destinationPort}`,
  };
}
