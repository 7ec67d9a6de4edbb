import type { PathPattern } from '../../../model/policies.js';
import type { PortProtocol } from '../../../model/port-protocol.js';
import type { MtlsPolicy } from '../../../model/situation.js';

export type { PortProtocol };

/** Who a workload is in the mesh, and how it proves it. */
export interface Identity {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly rootPem: string;
  /** What the certificate is for: `spiffe://<trust domain>/ns/<namespace>/sa/<service account>`, in Linkerd a DNS name. */
  readonly spiffe: string;
  readonly trustDomain: string;
}

/** A Service that the outbound side knows, with the one endpoint behind it. */
export interface ServiceRoute {
  readonly address: string;
  readonly port: number;
  /** Fully qualified name; part of the SNI `outbound_.<port>_._.<name>`. */
  readonly name: string;
  readonly endpoint: { readonly address: string; readonly port: number };
  readonly tls: 'ISTIO_MUTUAL' | 'DISABLE';
  /** SPIFFE ids of which the server must show one. None: any id of the trust domain. */
  readonly spiffe: readonly string[];
  readonly protocol: PortProtocol;
}

export interface InboundPort {
  readonly port: number;
  readonly protocol: PortProtocol;
  /** Absent: as for all ports. */
  readonly policy?: MtlsPolicy;
}

/** How one sidecar is set up. Structured-cloneable. */
export interface SidecarOptions {
  /** IPv4 address of the pod. */
  readonly podAddress: string;
  /** The pod has an IPv6 address, too. */
  readonly dualStack?: boolean;
  readonly identity: Identity;
  /** What this workload accepts (PeerAuthentication). */
  readonly policy: MtlsPolicy;
  readonly services: readonly ServiceRoute[];
  /** Ports of the workload that its Service declares. Others are `auto`. */
  readonly inboundPorts?: readonly InboundPort[];
  /** The application sees the client's address, not the sidecar's (Istio: interception mode TPROXY). */
  readonly originalSource?: boolean;
  /** Requests for these paths are answered with 403 (AuthorizationPolicy, action DENY). */
  readonly deniedPaths?: readonly PathPattern[];
  /** One log line per exchange. Default off. */
  readonly accessLog?: boolean;
}

/** Ports and addresses of Istio's sidecar (Istio `tools/istio-iptables`, `cluster_builder.go`). */
export const OUTBOUND_PORT = 15001;
export const INBOUND_PORT = 15006;
/** Mark of what a sidecar sends to its application from the client's address (Istio's `INBOUND_TPROXY_MARK`). */
export const ORIGINAL_SOURCE_MARK = 1337;
/** Source address of connections to the sidecar's own application; the interception rules let it through. */
export const INBOUND_BIND_ADDRESS = '127.0.0.6';
/** The same for IPv6. `lo` does not have it by itself: Istio adds it. */
export const INBOUND_BIND_ADDRESS_IPV6 = '::6';
