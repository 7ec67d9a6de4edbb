import { type Server, Socket } from 'node:net';
import { bind, check } from './system-call.js';

const socket = bind<[domain: number, type: number, protocol: number], number>(
  'int socket(int domain, int type, int protocol)',
);
const setsockopt = bind<[fd: number, level: number, name: number, value: Uint8Array, length: number], number>(
  'int setsockopt(int fd, int level, int name, _In_ uint8_t *value, uint32_t length)',
);
const bindAddress = bind<[fd: number, address: Uint8Array, length: number], number>(
  'int bind(int fd, _In_ uint8_t *address, uint32_t length)',
);
const close = bind<[fd: number], number>('int close(int fd)');

// <linux/socket.h>, <linux/in.h>, <asm-generic/socket.h>, <linux/net.h>
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOL_IP = 0;
const IP_TRANSPARENT = 19;
const SOL_SOCKET = 1;
const SO_MARK = 36;
const SOCKADDR_IN_BYTES = 16;

/**
 * A socket that is not connected yet, and will be from an IPv4 address that is not this machine's: a proxy that hides itself shows the
 * client's address to the server. Its packets carry the mark, by which routing rules bring the answers back. Needs CAP_NET_ADMIN.
 *
 * @throws SystemCallError `EPERM` without the capability.
 */
export function transparentSocket({
  source,
  mark,
  allowHalfOpen = false,
}: {
  readonly source: string;
  readonly mark: number;
  readonly allowHalfOpen?: boolean;
}): Socket {
  const fd = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), 'socket');
  try {
    set(fd, SOL_IP, IP_TRANSPARENT, 1);
    set(fd, SOL_SOCKET, SO_MARK, mark);
    const address = Buffer.alloc(SOCKADDR_IN_BYTES);
    address.writeUInt16LE(AF_INET, 0);
    address.set(source.split('.').map(Number), 4);
    check(bindAddress(fd, address, address.length), 'bind', source);
  } catch (error) {
    close(fd);
    throw error;
  }
  // It cannot be read from before it is connected, which is what `net` does with a descriptor otherwise.
  return new Socket({ fd, allowHalfOpen, manualStart: true } as ConstructorParameters<typeof Socket>[0]);
}

/**
 * Lets a listening server take connections that iptables' TPROXY leads to it: their local address is the one that the client meant. Needs
 * CAP_NET_ADMIN.
 */
export function takeTransparently(server: Server): void {
  const fd = (server as unknown as { readonly _handle: { readonly fd: number } | null })._handle?.fd ?? -1;
  set(fd, SOL_IP, IP_TRANSPARENT, 1);
}

function set(fd: number, level: number, name: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  check(setsockopt(fd, level, name, bytes, bytes.length), 'setsockopt');
}
