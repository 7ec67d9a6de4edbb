import { close } from 'node:fs';
import { interfaceIndex, interfaceNames } from './interfaces.js';
import { bind, check, koffi } from './system-call.js';

const socket = bind<[domain: number, type: number, protocol: number], number>(
  'int socket(int domain, int type, int protocol)',
);
const bindSocket = bind<[fd: number, address: Uint8Array, length: number], number>(
  'int bind(int fd, const void *address, uint32_t length)',
);
const setsockopt = bind<[fd: number, level: number, option: number, value: Uint8Array, length: number], number>(
  'int setsockopt(int fd, int level, int option, const void *value, uint32_t length)',
);
const getsockopt = bind<[fd: number, level: number, option: number, value: Uint8Array, length: Uint32Array], number>(
  'int getsockopt(int fd, int level, int option, _Out_ void *value, _Inout_ uint32_t *length)',
);
const sendto = bind<
  [fd: number, data: Uint8Array, length: number, flags: number, address: Uint8Array, addressLength: number],
  number
>('intptr_t sendto(int fd, const void *data, size_t length, int flags, const void *address, uint32_t addressLength)');

// From <linux/socket.h>, <asm-generic/socket.h>, <linux/if_packet.h>, <linux/if_ether.h>.
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_VERSION = 10;
const PACKET_IGNORE_OUTGOING = 23;
const TPACKET_V3 = 2;
const ETH_P_ALL = 3;
const SOCKADDR_LL_BYTES = 20;

/** One instruction of a classic BPF program: struct sock_filter of <linux/filter.h>. */
export interface FilterInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** Geometry of a TPACKET_V3 receive ring. */
export interface RingGeometry {
  /** Bytes of one block; a multiple of the page size, and more than the longest frame. */
  readonly blockSize: number;
  readonly blockCount: number;
  /** Milliseconds after which the kernel hands over a block that is not full. */
  readonly retireMs: number;
}

/** An interface that does not exist here; names those that do. */
export class NoSuchInterfaceError extends Error {
  override readonly name = 'NoSuchInterfaceError';

  constructor(asked: string, existing: readonly string[]) {
    super(`there is no network interface "${asked}" here; there are: ${existing.join(', ')}`);
  }
}

/** One AF_PACKET socket, and what can be asked of it. Needs CAP_NET_RAW to be opened, and nothing afterwards. */
export class PacketSocket {
  readonly fd: number;
  #closed = false;

  /** Opens a socket that receives nothing until {@link listenOn}: with protocol 0 no frame of another interface slips in. */
  constructor() {
    this.fd = check(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), 'socket', 'AF_PACKET');
  }

  /** Starts to receive every frame of one interface. */
  listenOn(interfaceName: string): void {
    const address = linkLayerAddress(indexOf(interfaceName), ETH_P_ALL);
    check(bindSocket(this.fd, address, address.length), 'bind', `AF_PACKET to ${interfaceName}`);
  }

  /** Kernel ≥ 4.20: frames that leave by the interface are not delivered. `lo` shows each frame once then. */
  ignoreOutgoing(): void {
    this.#set(SOL_PACKET, PACKET_IGNORE_OUTGOING, int32(1), 'PACKET_IGNORE_OUTGOING');
  }

  /** Attaches or replaces the kernel filter. It holds for every frame that arrives after this returns. */
  attachFilter(program: readonly FilterInstruction[]): void {
    const instructions = Buffer.alloc(program.length * 8);
    program.forEach(({ code, jt, jf, k }, index) => {
      instructions.writeUInt16LE(code, index * 8);
      instructions.writeUInt8(jt, index * 8 + 2);
      instructions.writeUInt8(jf, index * 8 + 3);
      instructions.writeUInt32LE(k, index * 8 + 4);
    });
    // struct sock_fprog { unsigned short len; struct sock_filter *filter; } on a 64-bit machine
    const sockFprog = Buffer.alloc(16);
    sockFprog.writeUInt16LE(program.length, 0);
    sockFprog.writeBigUInt64LE(koffi().address(instructions), 8);
    this.#set(SOL_SOCKET, SO_ATTACH_FILTER, sockFprog, 'SO_ATTACH_FILTER');
  }

  /** Turns the socket into a ring of frames that {@link fd} can be mapped for. To be called before {@link listenOn}. */
  createRing({ blockSize, blockCount, retireMs }: RingGeometry): void {
    this.#set(SOL_PACKET, PACKET_VERSION, int32(TPACKET_V3), 'PACKET_VERSION');
    const frameSize = 2048; // Only a divisor in version 3: frames are packed at their own length.
    const request = new Uint32Array([
      blockSize,
      blockCount,
      frameSize,
      (blockSize / frameSize) * blockCount,
      retireMs,
      0, // no private area
      0, // no receive hash
    ]);
    this.#set(SOL_PACKET, PACKET_RX_RING, new Uint8Array(request.buffer), 'PACKET_RX_RING');
  }

  /** Frames that passed the filter, and those of them that found the ring full, since the last call. */
  takeStatistics(): { readonly frames: number; readonly drops: number } {
    const statistics = new Uint32Array(3);
    const length = new Uint32Array([statistics.byteLength]);
    const bytes = new Uint8Array(statistics.buffer);
    check(getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, bytes, length), 'getsockopt', 'PACKET_STATISTICS');
    return { frames: statistics[0] ?? 0, drops: statistics[1] ?? 0 };
  }

  /** Puts one whole frame, link-layer header included, on an interface. */
  send(interfaceName: string, frame: Uint8Array): void {
    const address = linkLayerAddress(indexOf(interfaceName), 0);
    check(sendto(this.fd, frame, frame.length, 0, address, address.length), 'sendto', `AF_PACKET on ${interfaceName}`);
  }

  /** Closes it in the background: the kernel waits for an RCU grace period of 10 ms and more. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    close(this.fd, () => {});
  }

  #set(level: number, option: number, value: Uint8Array, what: string): void {
    check(setsockopt(this.fd, level, option, value, value.length), 'setsockopt', what);
  }
}

function indexOf(interfaceName: string): number {
  const index = interfaceIndex(interfaceName);
  if (index === undefined) throw new NoSuchInterfaceError(interfaceName, interfaceNames());
  return index;
}

/** struct sockaddr_ll with the fields that bind and sendto read. */
function linkLayerAddress(index: number, protocol: number): Uint8Array {
  const address = Buffer.alloc(SOCKADDR_LL_BYTES);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(protocol, 2);
  address.writeInt32LE(index, 4);
  return address;
}

function int32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
