import type { Socket } from 'node:net';
import { hasPendingError } from '../../../linux/pending-error.js';

/** The TCP connections beneath TLS connections: only they can be reset. */
const carriers = new WeakMap<Socket, Socket>();

export function isCarriedBy(secure: Socket, carrier: Socket): void {
  carriers.set(secure, carrier);
}

/**
 * Passes on bytes in both directions, no faster than the other side takes them. Each direction ends for itself
 * (half-close); a reset of one side resets the other.
 */
export function relay(one: Socket, other: Socket): void {
  follow(one, other);
  follow(other, one);
}

function follow(one: Socket, other: Socket): void {
  one.pipe(other, { end: false });
  one.once('end', () => {
    if (hasPendingError(carriers.get(one) ?? one)) reset(other);
    else other.end();
  });
  one.on('error', () => reset(other));
  one.once('close', (hadError: boolean) => {
    if (hadError) reset(other);
    // Closed without having come to its end.
    else if (!one.readableEnded) reset(other);
  });
}

/** Ends a connection with RST, also beneath TLS. */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  const carrier = carriers.get(socket);
  if (carrier === undefined) {
    socket.resetAndDestroy();
    return;
  }
  // In this order: destroying the TLS connection first would close the TCP connection in good order.
  carrier.resetAndDestroy();
  socket.destroy();
}
