import { isIPv6, type Socket } from 'node:net';
import { bind, check } from './system-call.js';

const getsockopt = bind<[fd: number, level: number, name: number, value: Uint8Array, length: Uint32Array], number>(
  'int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *length)',
);

// <linux/in.h>, <linux/in6.h>, <linux/netfilter_ipv4.h>, <linux/netfilter_ipv6/ip6_tables.h>
const SOL_IP = 0;
const SO_ORIGINAL_DST = 80;
const SOL_IPV6 = 41;
const IP6T_SO_ORIGINAL_DST = 80;
const SOCKADDR_IN_BYTES = 16;
const SOCKADDR_IN6_BYTES = 28;

/** Where a connection was meant to go. */
export interface Destination {
  readonly address: string;
  readonly port: number;
}

/**
 * The destination that an accepted connection had before an iptables REDIRECT or DNAT changed it, from the kernel's
 * connection tracking. For a connection that was not redirected this is the listener's own address.
 *
 * @throws SystemCallError `ENOENT` or `ENOPROTOOPT` where the connection is not tracked; `EBADF` if it is closed.
 */
export function originalDestination(socket: Socket): Destination {
  const fd = descriptorOf(socket);
  // A dual-stack listener sees IPv4 peers as ::ffff:a.b.c.d; the kernel tracks those as IPv4.
  const local = socket.localAddress ?? '';
  return isIPv6(local) && !local.startsWith('::ffff:') ? ofIPv6(fd) : ofIPv4(fd);
}

/** The file descriptor of a socket, -1 if it is closed. Node keeps it to itself. */
export function descriptorOf(socket: Socket): number {
  return (socket as unknown as { readonly _handle: { readonly fd: number } | null })._handle?.fd ?? -1;
}

function ofIPv4(fd: number): Destination {
  const address = Buffer.alloc(SOCKADDR_IN_BYTES);
  check(getsockopt(fd, SOL_IP, SO_ORIGINAL_DST, address, new Uint32Array([address.length])), 'getsockopt');
  return { port: address.readUInt16BE(2), address: address.subarray(4, 8).join('.') };
}

function ofIPv6(fd: number): Destination {
  const address = Buffer.alloc(SOCKADDR_IN6_BYTES);
  check(getsockopt(fd, SOL_IPV6, IP6T_SO_ORIGINAL_DST, address, new Uint32Array([address.length])), 'getsockopt');
  const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(8 + 2 * index).toString(16));
  return { port: address.readUInt16BE(2), address: groups.join(':') };
}
