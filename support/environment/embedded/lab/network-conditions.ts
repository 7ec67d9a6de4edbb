import type { PacketLoss } from '../../../model/situation.js';

/** Shorter packets are acknowledgements, handshakes and ends: losing those shows nothing. Bytes, with headers. */
const FULL = 1000;

/**
 * The command that makes the kernel lose packets to these ports. A capture sees a packet before the pod's own rules do, so
 * that one which is lost in the pod was captured, and one that is lost on the way was not.
 */
export function lossCommand({ oneIn, where }: PacketLoss, ports: readonly number[]): [string, ...string[]] {
  return [
    'iptables',
    ...['-t', 'mangle', '-I', where === 'on the way' ? 'FORWARD' : 'PREROUTING'],
    ...['-p', 'tcp', '-m', 'multiport', '--dports', ports.join(',')],
    ...['-m', 'length', '--length', `${FULL}:65535`],
    ...['-m', 'statistic', '--mode', 'nth', '--every', String(oneIn), '--packet', String(oneIn - 1)],
    ...['-j', 'DROP'],
  ];
}

/**
 * The command that limits the packets of a pod. Without `gso_max_segs` a veth carries segments of up to 64 KiB, whatever its MTU,
 * because a network card would cut them, and captures see those.
 */
export function packetSizeCommand(bytes: number): [string, ...string[]] {
  return ['ip', 'link', 'set', 'dev', 'eth0', 'mtu', String(bytes), 'gso_max_segs', '1'];
}
