import type { Interaction, Protocol } from './protocol.js';
import type { Profile } from './session.js';
import type { MtlsPolicy } from './situation.js';

/** What a decided cell of the matrix can be. `not-tested` is what an undecided one is. */
export const DECIDED_STATES = ['pass', 'fail', 'known-limitation', 'fixed', 'flaky', 'not-applicable'] as const;
export type DecidedState = (typeof DECIDED_STATES)[number];

export const GATE_MESHES = ['none', 'istio', 'istio-ambient', 'linkerd'] as const;
export type GateMesh = (typeof GATE_MESHES)[number];

/** Scenarios that must have run and passed. */
export type GateRequirement =
  | {
      readonly kind: 'tags';
      readonly expression: string;
      /** The expression has to select at least so many scenarios. */
      readonly atLeast: number;
    }
  /** By name; an outline's name stands for all its rows. */
  | { readonly kind: 'scenario'; readonly name: string; readonly file?: string };

export interface AllowedLimitation {
  readonly id: string;
  /** `YYYY-MM-DD`, the last day on which it is allowed. */
  readonly until: string;
  readonly reason: string;
}

/** The most of each that a run may have. Absent: any number. */
export interface GateLimits {
  readonly failed?: number;
  readonly flaky?: number;
  readonly notTested?: number;
  readonly knownLimitations?: number;
}

/** Cells of the matrix, every combination of what is listed, and the states that are good enough. */
export interface GateCells {
  readonly meshes: readonly GateMesh[];
  /** Empty: every policy. */
  readonly mtls: readonly MtlsPolicy[];
  readonly protocols: readonly Protocol[];
  readonly interactions: readonly Interaction[];
  /** Listen interfaces of `sniffer` sessions. Empty: any. */
  readonly interfaces: readonly string[];
  /** Empty: any. */
  readonly profiles: readonly Profile[];
  readonly states: readonly DecidedState[];
}

/** What a run must have reached before a pipeline goes on. */
export interface Gate {
  readonly name: string;
  readonly description?: string;
  readonly require: readonly GateRequirement[];
  /** Absent: every known limitation may show. Empty: none. */
  readonly allowLimitations?: readonly AllowedLimitation[];
  readonly atMost: GateLimits;
  readonly cells: readonly GateCells[];
  readonly baseline?: {
    /** Path of an earlier run's `results.json`, relative to the gate's file. */
    readonly results: string;
    /** Percent by which a scenario may be slower than then. */
    readonly slowerByPercent?: number;
  };
}
