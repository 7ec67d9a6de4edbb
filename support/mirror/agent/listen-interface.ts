import { createSocket } from 'node:dgram';
import { interfaceOf } from '../../linux/interfaces.js';

/**
 * The interface that a capture listens on, chosen as mirrord does (3.152 sniffer/tcp_capture.rs:39-90): the one that is asked for; with
 * `auto` `lo` on a mesh, else the interface that a packet to the Internet would leave by, else `eth0`.
 *
 * @param routedInterface found by the kernel's routing if absent.
 */
export async function chooseListenInterface(
  asked: string,
  meshed: boolean,
  routedInterface: () => Promise<string | undefined> = interfaceOfDefaultRoute,
): Promise<string> {
  if (asked !== 'auto') return asked;
  return meshed ? 'lo' : ((await routedInterface()) ?? 'eth0');
}

/** Connecting a UDP socket sends nothing: it makes the kernel choose a route, and with it our own address. */
async function interfaceOfDefaultRoute(): Promise<string | undefined> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(53, '8.8.8.8', resolve);
    });
    return interfaceOf(socket.address().address);
  } catch {
    return undefined; // No route: mirrord's agent fails here; a pod without a default route still has its eth0.
  } finally {
    socket.close();
  }
}
