import type { ProxyPlace, RunningProxy } from '../data-plane/data-plane.js';
import { SIDECAR_UID } from '../data-plane/istio-rules.js';
import type { SidecarOptions } from '../sidecar/options.js';

/** The user that sidecars run as; the interception rules know it. */
export const SIDECAR_USER = { uid: SIDECAR_UID, gid: SIDECAR_UID } as const;

/** What a sidecar is made of. All engines take the same options and show the same behaviour at the pod's edge. */
export interface SidecarEngine {
  readonly name: 'node' | 'envoy';
  /** With its version, for reports: `envoy 1.40.0`. */
  readonly title: string;
  /** Starts the sidecar of a pod and waits until it takes connections. */
  start(place: ProxyPlace, options: SidecarOptions, signal: AbortSignal): Promise<RunningProxy>;
}
