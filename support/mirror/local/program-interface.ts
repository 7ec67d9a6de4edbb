import type { Command } from '../../model/host.js';
import type { User } from '../../program/protocol.js';

/** Options of the local process's program. */
export interface LocalOptions {
  /** Local port (0: any free one) for the traffic of a port of the workload. */
  readonly ports: readonly { readonly local: number; readonly remote: number }[];
  readonly process: LocalProcess;
  /** Whom the program becomes once the session stands. */
  readonly user?: User;
}

export type LocalProcess =
  /** The built-in receiver. */
  | { readonly kind: 'receiver'; readonly bytesPerSecond?: number }
  /** The user's command, as a user of its own. It is given one port, which all subscribed ports lead to. */
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly user?: User;
      /** Milliseconds that the command has until it listens. Default 30 s. */
      readonly listenTimeoutMs?: number;
    };

/** What the program says when the local process listens. Nothing is mirrored yet. */
export interface LocalInfo {
  readonly localPorts: readonly number[];
}
