import type { MtlsPolicy } from '../../../model/situation.js';
import type { Identity } from '../sidecar/options.js';

/** Ports of ztunnel in a pod, and the mark of all that it sends (ztunnel `src/config.rs`, `src/socket.rs`). */
export const OUTBOUND_PORT = 15001;
export const INBOUND_PLAINTEXT_PORT = 15006;
export const HBONE_PORT = 15008;
export const ZTUNNEL_MARK = 0x539;

/** What ztunnel knows of one pod's place in the mesh. Structured-cloneable. */
export interface ZtunnelOptions {
  /** IPv4 address of the pod. */
  readonly podAddress: string;
  readonly identity: Identity;
  /** What the workload accepts (PeerAuthentication). */
  readonly policy: MtlsPolicy;
  /** Ports with a policy of their own. */
  readonly portPolicies: Readonly<Record<number, MtlsPolicy>>;
  readonly services: readonly TunnelledService[];
}

/** A port of a Service whose endpoint is in the mesh. */
export interface TunnelledService {
  readonly address: string;
  readonly port: number;
  /** Fully qualified. */
  readonly name: string;
  readonly endpoint: string;
  /** SPIFFE id that the endpoint's ztunnel must show. */
  readonly spiffe: string;
}
