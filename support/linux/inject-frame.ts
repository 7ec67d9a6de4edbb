import { inNetworkNamespace } from './network-namespace.js';
import { PacketSocket } from './packet-socket.js';

export interface FrameInjection {
  /** Namespace file of the pod, for example `/run/netns/target`; the current namespace if absent. */
  readonly netnsPath?: string;
  /** The interface that the frame leaves by: for a pod's `eth0` the other end of its veth. */
  readonly interface: string;
  /** The whole frame, Ethernet header included. */
  readonly frame: Uint8Array;
}

/** Puts one frame on an interface, whatever its addresses are. Needs CAP_NET_RAW there. */
export function injectFrame({ netnsPath, interface: interfaceName, frame }: FrameInjection): void {
  inNetworkNamespace(netnsPath, () => {
    const socket = new PacketSocket();
    try {
      socket.send(interfaceName, frame);
    } finally {
      socket.close();
    }
  });
}
