import type { Identity } from '../sidecar/options.js';

/** Ports of Linkerd's proxy (linkerd2 `charts/linkerd-control-plane/values.yaml`). */
export const LINKERD_INBOUND_PORT = 4143;
export const LINKERD_OUTBOUND_PORT = 4140;
/** For the control plane and for statistics. */
export const LINKERD_OWN_PORTS = [4190, 4191] as const;
/** Ports that are left alone on both sides. */
export const LINKERD_SKIPPED_PORTS = [4567, 4568] as const;
/** Ports that are taken for opaque without being told: their servers speak first, or encrypt themselves. */
export const LINKERD_OPAQUE_PORTS: readonly number[] = [25, 587, 3306, 4444, 5432, 6379, 9300, 11211];
/** What a client offers in ALPN where the connection begins with a {@link transportHeader}. */
export const LINKERD_TRANSPORT = 'transport.l5d.io/v1';
/** How long a client may be silent before its connection is taken for opaque (linkerd2-proxy `app/src/env.rs`). */
export const LINKERD_DETECTION_MS = 10_000;

/** A Service that the outbound side knows, with the one endpoint behind it. */
export interface LinkerdService {
  readonly address: string;
  readonly port: number;
  /** Fully qualified name. */
  readonly name: string;
  readonly endpoint: { readonly address: string; readonly port: number };
  /** Name of the endpoint's identity: a DNS name. */
  readonly serverId: string;
}

/** How one proxy is set up. Structured-cloneable. */
export interface LinkerdProxyOptions {
  /** IPv4 address of the pod. */
  readonly podAddress: string;
  /** The pod has an IPv6 address, too. */
  readonly dualStack?: boolean;
  readonly identity: Identity;
  readonly services: readonly LinkerdService[];
  /** Ports of which bytes are passed on unseen (annotation `config.linkerd.io/opaque-ports`). */
  readonly opaquePorts: readonly number[];
  /** One log line per exchange. Default off. */
  readonly accessLog?: boolean;
}
