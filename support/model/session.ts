/** The mirroring mechanism: packet capture (mirrord ≤ 3.180) or iptables redirect with an inline agent (≥ 3.153). */
export const PROFILES = ['sniffer', 'redirect'] as const;
export type Profile = (typeof PROFILES)[number];

/** Counters of one packet capture. They only grow. */
export interface CaptureCounters {
  /** Frames that passed the kernel filter and were delivered. */
  readonly frames: number;
  /** Bytes of those frames. */
  readonly bytes: number;
  /** Frames that the kernel dropped because the ring was full (PACKET_STATISTICS). */
  readonly drops: number;
}

/** Counters of a mirror session's agent. They only grow. */
export interface SessionCounters extends CaptureCounters {
  /** Connections that the agent opened towards the local process. */
  readonly connections: number;
  /** Payload bytes forwarded to the local process. */
  readonly forwardedBytes: number;
  /** Connections given up because a queue was full (sniffer: 512 packets a connection, 128 new connections; redirect: 32 and 32). */
  readonly lagged: number;
  /** HTTP requests that were mirrored one by one (`redirect`). */
  readonly requests: number;
  /** Connections and requests that the local process never heard of, because too many new ones waited. They are in `lagged`, too. */
  readonly refused: number;
}

/** Proof that a silent session was alive: the agent would have taken traffic, and a ping reached the local process. */
export interface ProofOfLife {
  /**
   * `sniffer`: the agent's capture saw the marked frame that was put on its interface. `redirect`: the kernel has the agent's
   * rules, and a marked connection to the agent's listener was answered.
   */
  readonly captureSawProbe: boolean;
  /** The local process answered a ping that travelled through the agent's session. */
  readonly relayAnswered: boolean;
  /** The local process accepts connections on its port. */
  readonly localProcessListens: boolean;
}

/** What the iptables of a pod tell an agent of its mesh: whose rules are in its OUTPUT chains. */
export const DETECTED_MESHES = ['none', 'istio', 'istio-ambient', 'linkerd', 'kuma'] as const;
export type DetectedMesh = (typeof DETECTED_MESHES)[number];

/** When a mirror session was there, from the first thing that it did in the workload's pod to the last. Epoch milliseconds. */
export interface SessionPeriod {
  readonly from: number;
  /** Absent while it is running. */
  readonly to?: number;
}

/** One line of the agent's log. */
export interface LogLine {
  readonly at: number;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly text: string;
}

/** What is known of a mirror session when a verdict is reached. */
export interface SessionReport {
  readonly profile: Profile;
  /** The version of mirrord whose behaviour the agent shows, for example `3.250.0`. */
  readonly version: string;
  /** As asked for: `lo`, `eth0`, `auto`, any name. Absent for `redirect`, which listens on no interface. */
  readonly requestedInterface?: string;
  /** The interface that the capture is really on. Absent for `redirect`. */
  readonly listenInterface?: string;
  /** Only HTTP requests that a filter lets through are mirrored. */
  readonly filtered?: boolean;
  /** The mesh that the agent found in the pod. Absent for `sniffer`, which does not look for one there. */
  readonly detectedMesh?: DetectedMesh;
  /** Ports of the workload that are subscribed. */
  readonly ports: readonly number[];
  /** Epoch milliseconds at which the capture or the redirection became active. */
  readonly subscribedAt: number;
  readonly counters: SessionCounters;
  readonly proofOfLife?: ProofOfLife;
  readonly log: readonly LogLine[];
}
