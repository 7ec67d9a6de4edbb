import type { User } from '../../../program/protocol.js';
import type { ProxyPlace, RunningProxy } from '../data-plane/data-plane.js';
import { SIDECAR_UID } from '../data-plane/istio-rules.js';
import type { SidecarOptions } from '../sidecar/options.js';

/** The user that sidecars run as; the interception rules know it. */
export const SIDECAR_USER = { uid: SIDECAR_UID, gid: SIDECAR_UID } as const;

/**
 * That of one which connects from its clients' addresses: it needs a capability for that, and another user id. The rules lead what the
 * user 1337 sends to its own pod back to the sidecar; Istio runs it as root then, in the same group.
 */
const TRANSPARENT_USER = { uid: SIDECAR_UID + 1, gid: SIDECAR_UID, keepsNetworkAdministration: true } as const;

/** The user that a sidecar with these options runs as. */
export function sidecarUser({ originalSource = false }: Pick<SidecarOptions, 'originalSource'>): User {
  return originalSource ? TRANSPARENT_USER : SIDECAR_USER;
}

/** What a sidecar is made of. All engines take the same options and show the same behaviour at the pod's edge. */
export interface SidecarEngine {
  readonly name: 'node' | 'envoy';
  /** With its version, for reports: `envoy 1.40.0`. */
  readonly title: string;
  /** Starts the sidecar of a pod and waits until it takes connections. */
  start(place: ProxyPlace, options: SidecarOptions, signal: AbortSignal): Promise<RunningProxy>;
}
