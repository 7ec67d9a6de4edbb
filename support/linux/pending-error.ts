import type { Socket } from 'node:net';
import { descriptorOf } from './original-destination.js';
import { bind } from './system-call.js';

const getsockopt = bind<[fd: number, level: number, name: number, value: Int32Array, length: Uint32Array], number>(
  'int getsockopt(int fd, int level, int name, _Out_ int32_t *value, _Inout_ uint32_t *length)',
);

// <asm-generic/socket.h>
const SOL_SOCKET = 1;
const SO_ERROR = 4;

/**
 * Whether the kernel holds an error of a connection that Node has not told. When the peer's last bytes and its RST arrive
 * together, libuv reads the bytes, sees the hang-up and reports a regular end (`uv__stream_io`, POLLHUP after a partial
 * read); the error is still there to be asked for, once.
 */
export function hasPendingError(socket: Socket): boolean {
  const error = new Int32Array(1);
  return getsockopt(descriptorOf(socket), SOL_SOCKET, SO_ERROR, error, new Uint32Array([4])) === 0 && error[0] !== 0;
}
