import type { Socket } from 'node:net';
import { transparentSocket } from '../../../linux/transparent-socket.js';
import { ZTUNNEL_MARK } from './options.js';

/**
 * Connects as ztunnel does: marked, so that no rule leads it back to ztunnel, and from an address of its choice, also one that is not the
 * pod's. Connections are half-open where the peer's are.
 */
export function dial(source: string, to: { readonly address: string; readonly port: number }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = transparentSocket({ source, mark: ZTUNNEL_MARK });
    socket.allowHalfOpen = true;
    socket.once('error', reject);
    socket.connect({ host: to.address, port: to.port }, () => {
      socket.off('error', reject);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
