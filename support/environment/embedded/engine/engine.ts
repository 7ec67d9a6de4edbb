import type { Running } from '../../../model/host.js';
import { SIDECAR_UID } from '../lab/interception.js';
import type { Lab } from '../lab/lab.js';
import type { SidecarOptions } from '../sidecar/options.js';

/** The user that sidecars run as; the interception rules know it. */
export const SIDECAR_USER = { uid: SIDECAR_UID, gid: SIDECAR_UID } as const;

/** What a sidecar is made of. All engines take the same options and show the same behaviour at the pod's edge. */
export interface SidecarEngine {
  readonly name: 'node' | 'envoy';
  /** With its version, for reports: `envoy 1.40.0`. */
  readonly title: string;
  /** Starts the sidecar of a pod and waits until it takes connections. */
  start(place: SidecarPlace, options: SidecarOptions, signal: AbortSignal): Promise<RunningSidecar>;
}

/** The pod of a lab in which a sidecar runs. */
export interface SidecarPlace {
  readonly lab: Lab;
  readonly pod: string;
  /** As it appears in reports and messages: `sidecar of the workload`. */
  readonly name: string;
}

export interface RunningSidecar extends Running {
  /** What it can tell of itself at the end, by what it is: `statistics`, `access log`. */
  evidence(): Promise<Readonly<Record<string, string>>>;
}
