import type { EnvironmentKind } from './environment-settings.js';
import type { Interaction, Protocol } from './protocol.js';
import type { Profile } from './session.js';
import type { MtlsPolicy } from './situation.js';

/** What a decided cell of the matrix can be. `not-tested` is what an undecided one is. */
export const DECIDED_STATES = ['pass', 'fail', 'known-limitation', 'fixed', 'flaky', 'not-applicable'] as const;
export type DecidedState = (typeof DECIDED_STATES)[number];

export const GATE_MESHES = ['none', 'istio', 'istio-ambient', 'linkerd'] as const;
export type GateMesh = (typeof GATE_MESHES)[number];

/** Every rule knows where it is written. */
export interface GateRule {
  /** Line of the gate's file, from 1. */
  readonly line: number;
}

/** Scenarios that must have run and passed. */
export type GateRequirement = GateRule &
  (
    | {
        readonly kind: 'tags';
        readonly expression: string;
        /** The expression has to select at least so many scenarios. */
        readonly atLeast: number;
      }
    /** By name; an outline's name stands for all its rows. */
    | { readonly kind: 'scenario'; readonly name: string; readonly file?: string }
  );

export interface AllowedLimitation extends GateRule {
  readonly id: string;
  /** `YYYY-MM-DD`, the last day on which it is allowed. */
  readonly until: string;
  readonly reason: string;
}

/** What can be counted, and limited. */
export const GATE_COUNTS = ['failed', 'flaky', 'not-tested', 'known-limitations'] as const;
export type GateCount = (typeof GATE_COUNTS)[number];

export interface GateLimit extends GateRule {
  readonly count: GateCount;
  readonly most: number;
}

/** Cells of the matrix, every combination of what is listed, and the states that are good enough. */
export interface GateCells extends GateRule {
  /** Empty: any. */
  readonly environments: readonly EnvironmentKind[];
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

export interface GateBaseline extends GateRule {
  /** Path of an earlier run's `results.json`, relative to the gate's file. */
  readonly results: string;
  /** Percent by which a scenario may be slower than then. */
  readonly slowerByPercent?: number;
}

/** What a run must have reached before a pipeline goes on. */
export interface Gate {
  readonly name: string;
  /** As shown. */
  readonly file: string;
  readonly description?: string;
  readonly require: readonly GateRequirement[];
  /** Absent: every known limitation may show. Empty: none. */
  readonly allowLimitations?: GateRule & { readonly allowed: readonly AllowedLimitation[] };
  /** So many scenarios must have passed. */
  readonly atLeast?: GateRule & { readonly passed: number };
  /** In the order of the file. What is not limited may be any number. */
  readonly atMost: readonly GateLimit[];
  readonly cells: readonly GateCells[];
  readonly baseline?: GateBaseline;
}

/** What a rule can be about. `complete`: that the run came to its end, which every gate demands. */
export const GATE_RULE_KINDS = [
  'complete',
  'tags',
  'scenario',
  'limitation',
  'count',
  'cells',
  'baseline',
  'slower',
] as const;

/** What became of one rule of a gate. */
export interface GateOutcome {
  readonly kind: (typeof GATE_RULE_KINDS)[number];
  /** What is demanded, in a few words. */
  readonly rule: string;
  /** Line of the gate's file. Absent for what every gate demands, and for what the command line asked for. */
  readonly line?: number;
  readonly ok: boolean;
  /** What was found. */
  readonly found: string;
  /** What breaks the rule, one by one. */
  readonly because: readonly GateReason[];
}

export interface GateReason {
  /** `file:line` of the scenario, where it is one. */
  readonly location?: string;
  readonly text: string;
}

/** All that a gate came to. */
export interface GateReport {
  readonly gate: string;
  /** As shown. */
  readonly file: string;
  /** Whether every rule holds. */
  readonly ok: boolean;
  readonly outcomes: readonly GateOutcome[];
}
