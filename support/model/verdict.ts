import type { Journal } from './journal.js';
import type { LogLine, SessionPeriod, SessionReport } from './session.js';

/** What became of a call's mirrored copy. A closed set. */
export const VERDICTS = [
  'mirrored',
  'not-mirrored',
  'duplicated',
  'truncated',
  'corrupted',
  'reordered',
  'leaked',
  'collateral',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Causes that can be found in the evidence. */
export const CAUSES = [
  'encrypted-interface',
  'encrypted-application',
  'no-traffic-on-interface',
  'connection-predates-session',
  'port-not-subscribed',
  'filter-excluded',
  'flow-control-exceeded',
  'agent-lagged',
  'capture-dropped',
  'segment-retransmitted',
  'request-not-at-packet-start',
  'ipv6-not-captured',
  'source-replaced',
  'connection-per-request',
  'server-first',
  'flushed',
  'header-overwritten',
  'local-process-down',
  'call-not-delivered',
  'call-failed',
  'replay-not-broken-off',
  'replay-retried',
  'local-process-hung-up',
  'upgrade-not-agreed',
  'local-process-answered-early',
  'undecodable',
  'unknown',
] as const;
export type Cause = (typeof CAUSES)[number];

/** Why a verdict is what it is: a cause and the facts that prove it. */
export interface Explanation {
  readonly cause: Cause;
  /** One sentence for a reader who does not know the mechanism. */
  readonly summary: string;
  /** The facts, each naming the journal, counter or capture that it was read from. */
  readonly proof: readonly string[];
}

/** One difference between what was sent and what was mirrored (or served, or answered). */
export interface Difference {
  /** Which comparison: caller→local process, caller→workload, workload↔local process, workload→caller. */
  readonly between: 'sent-mirrored' | 'sent-served' | 'served-mirrored' | 'answered-received';
  /**
   * For example `method`, `path`, `header x-a`, `message 2 of 3`, `message count`, `half-close`, `trailer grpc-status`.
   * Like `expected` and `found` it is fit to be shown: credentials are redacted, invisible characters escaped.
   */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** What one interface of the workload's pod carried to and from the workload's ports while the scenario ran. */
export interface InterfaceTraffic {
  readonly interface: string;
  /** Ports of the mesh's tunnels, to which calls to the workload go inside of mutual TLS: what they carry is counted as well. */
  readonly tunnelPorts?: readonly number[];
  readonly packets: number;
  readonly payloadBytes: number;
  /** TLS records (handshake or application data) seen at the start of segments. */
  readonly tlsRecords: number;
  /** Segments that start an HTTP/1 request or an HTTP/2 preface in the clear. */
  readonly plaintextRequests: number;
  /** Segments that begin before the end of what was seen: sent again, or overtaken by later ones. */
  readonly retransmissions: number;
}

/**
 * Why a call has no complete answer although nothing is wrong: it is still `open`, the caller `cancelled` it, the workload has
 * `broken-off`, its `deadline` has passed; each as the scenario wanted it.
 */
export type EndOnPurpose = 'open' | 'cancelled' | 'broken-off' | 'deadline';

/** All that is known when a verdict is reached. Data only: verdicts are pure functions of it. */
export interface Evidence {
  readonly journals: {
    readonly caller: Journal;
    /** Absent where the workload is the user's own program, which keeps no journal. */
    readonly workload?: Journal;
    readonly localProcess: Journal;
  };
  /** Port of the workload that the calls were made to. */
  readonly port: number;
  /** The session that was started last, running or not. */
  readonly session?: SessionReport;
  /** When there was a session, in order. */
  readonly sessions: readonly SessionPeriod[];
  readonly interfaces: readonly InterfaceTraffic[];
  /** Calls that were not meant to be answered completely, by their ids. */
  readonly onPurpose?: Readonly<Record<string, EndOnPurpose>>;
  readonly logs: readonly LogLine[];
  /**
   * Header names (lower case) that a mesh may add or change between caller and workload; all others must arrive
   * unchanged.
   */
  readonly meshHeaders: readonly string[];
}

/** The verdict on one call. */
export interface CallVerdict {
  readonly call: string;
  readonly verdict: Verdict;
  readonly differences: readonly Difference[];
  readonly explanation?: Explanation;
}
