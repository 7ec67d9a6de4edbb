import type { User } from '../../program/protocol.js';

/** Options of the agent's program. */
export interface AgentOptions {
  /** `lo`, `eth0`, any name, or `auto`. */
  readonly listenInterface: string;
  /** The workload's pod is in a mesh: `auto` means `lo` then. */
  readonly meshed: boolean;
  /** Path of the Unix socket that the local process connects to. */
  readonly socketPath: string;
  /** Whom the agent becomes once capture and socket are open. */
  readonly user?: User;
}

/** What the agent says when it is ready: the capture is open, and nothing is subscribed yet. */
export interface AgentInfo {
  readonly listenInterface: string;
}

/** A frame that is to be put on the capture's interface, so that it arrives there. */
export interface ExpectedProbe {
  readonly interface: string;
  readonly frame: Uint8Array;
}
