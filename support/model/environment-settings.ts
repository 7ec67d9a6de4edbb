import type { Profile } from './session.js';
import type { Mesh } from './situation.js';

/** Where scenarios run: a lab on this machine, or a cluster. */
export const ENVIRONMENT_KINDS = ['embedded', 'kubernetes'] as const;
export type EnvironmentKind = (typeof ENVIRONMENT_KINDS)[number];

/** What the sidecars of an embedded mesh are: a real Envoy, mirrorspec's own program, or the former where there is one. */
export const SIDECAR_ENGINES = ['auto', 'envoy', 'node'] as const;
export type SidecarEngine = (typeof SIDECAR_ENGINES)[number];

export interface SidecarSettings {
  readonly engine: SidecarEngine;
  /** Path of the Envoy, relative to the current folder; absent: the one on the PATH. */
  readonly envoy?: string;
}

/** What receives the mirrored copy, as an environment says it: the built-in receiver, or a command line of the user's. */
export type LocalProcessSetting =
  | { readonly kind: 'receiver' }
  | { readonly kind: 'command'; readonly commandLine: string };

/** What is called, as an environment says it: a shipped workload, or a command line of the user's and its port. */
export type WorkloadSetting =
  | { readonly kind: 'echo' }
  | { readonly kind: 'yages' }
  | { readonly kind: 'command'; readonly commandLine: string; readonly port: number };

/**
 * Where and how scenarios run, and what they get when their steps do not say it. Plain data: it travels to workers and into
 * reports. Durations are milliseconds.
 */
export interface EnvironmentSettings {
  readonly name: string;
  readonly description?: string;
  readonly kind: EnvironmentKind;
  /** The mesh of a scenario that names none. */
  readonly mesh: Mesh;
  readonly sidecar: SidecarSettings;
  readonly mirror: {
    /** `lo`, `eth0`, `auto` or any name. */
    readonly listen: string;
    /** The mirroring mechanism of a scenario that says none. Absent: the version's, else packet capture. */
    readonly profile?: Profile;
    /** Version of mirrord of a scenario that says none, `3.250.0`. Absent: the newest that has the profile. */
    readonly version?: string;
    readonly localProcess: LocalProcessSetting;
  };
  readonly workload: WorkloadSetting;
  readonly timeouts: {
    /** Building a situation and starting all its programs. */
    readonly buildMs: number;
    /** How long a mirrored copy may take to arrive after its call has ended. */
    readonly deliveryMs: number;
    /** After which one call is given up. */
    readonly callMs: number;
    /** After which a step fails, whatever it is doing. */
    readonly stepMs: number;
  };
  /** How long to wait for what must not come (duplicates, leaks) when everything expected is there. */
  readonly settleMs: number;
  /** For `kubernetes` only. */
  readonly cluster: {
    /** Of the kubeconfig; its current one if absent. */
    readonly context?: string;
    /** Namespaces of a run begin with it. */
    readonly namespace: string;
    readonly images: {
      readonly workload: string;
      readonly caller: string;
      /** mirrord's agent; absent: the one that belongs to the installed mirrord. */
      readonly agent?: string;
    };
  };
}

/** What holds where nothing else is said. */
export const DEFAULT_SETTINGS: EnvironmentSettings = {
  name: 'embedded',
  kind: 'embedded',
  mesh: { kind: 'none' },
  sidecar: { engine: 'auto' },
  mirror: { listen: 'auto', localProcess: { kind: 'receiver' } },
  workload: { kind: 'echo' },
  timeouts: { buildMs: 30_000, deliveryMs: 3_000, callMs: 10_000, stepMs: 120_000 },
  settleMs: 100,
  cluster: { namespace: 'mirrorspec', images: { workload: 'node:20-slim', caller: 'node:20-slim' } },
};
