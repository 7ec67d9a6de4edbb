import type { HttpFilter } from '../../../model/situation.js';

/** Options of the redirecting agent's program. */
export interface RedirectAgentProgramOptions {
  /** `3.250.0`. */
  readonly version: string;
  readonly toOriginalAddress: boolean;
  readonly cacheControl?: string;
  readonly filter?: HttpFilter;
  /** Milliseconds that each of the first reads of a connection may take; infinite: as long as it takes. */
  readonly detectionTimeoutMs: number;
  /** Take IPv6, too, where the pod has it. */
  readonly ipv6: boolean;
  /** Path of the Unix socket that the local process connects to. */
  readonly socketPath: string;
}

/** What the agent says when it listens: no rule leads to it yet. */
export interface RedirectAgentInfo {
  readonly port: number;
  /** Where IPv6 connections are to be led to; absent where the pod has no IPv6. */
  readonly portIPv6?: number;
}
