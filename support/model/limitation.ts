import type { EnvironmentKind } from './environment-settings.js';
import { type Interaction, PROTOCOLS } from './protocol.js';
import type { Profile } from './session.js';
import type { CallerKind, InterceptionMode, MtlsPolicy } from './situation.js';
import type { Cause, Verdict } from './verdict.js';

/** What the tags begin with that name a limitation. */
export const LIMITATION_TAG = '@limitation:';

/** What a limitation can be about: the protocols of the matrix, and TLS that the application ends itself. */
export const LIMITED_PROTOCOLS = [...PROTOCOLS, 'TLS'] as const;
export type LimitedProtocol = (typeof LIMITED_PROTOCOLS)[number];

/** Meshes that a limitation can name; this version builds the first two. */
export const LIMITED_MESHES = ['none', 'istio', 'istio-ambient', 'linkerd', 'kuma'] as const;
export type LimitedMesh = (typeof LIMITED_MESHES)[number];

/** How it is known. */
export const CERTAINTIES = ['observed', 'documented', 'inferred'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** What a shortfall can be: every verdict but the one that there is none. */
export type Shortfall = Exclude<Verdict, 'mirrored'>;

/** Where a limitation is written about. */
export interface LimitationReference {
  /** `metalbear-co/mirrord#2452`, or a file of a repository. */
  readonly upstream?: string;
  readonly url?: string;
  readonly title: string;
  readonly state?: 'open' | 'closed' | 'merged';
}

/** A known, named, referenced shortfall. */
export interface Limitation {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly symptom?: string;
  /** How the explanation is known. */
  readonly certainty?: Certainty;
  /** Empty: any. */
  readonly protocols: readonly LimitedProtocol[];
  /** Empty: any. */
  readonly interactions: readonly Interaction[];
  /** The conditions under which it shows, in words. */
  readonly when: string;
  readonly appliesTo: {
    /** Versions of mirrord, as `isInRange` reads them. Absent: every version. */
    readonly mirrord?: string;
    /** Empty: every profile, mesh, environment. */
    readonly profiles: readonly Profile[];
    readonly meshes: readonly LimitedMesh[];
    /** mTLS policies of the port that is called. Empty: any, and none. */
    readonly mtls: readonly MtlsPolicy[];
    /** How connections come to sidecars. Empty: any, and none. */
    readonly interceptions: readonly InterceptionMode[];
    /** Empty: any. */
    readonly callers: readonly CallerKind[];
    readonly environments: readonly EnvironmentKind[];
    /** Interfaces that a session of the profile `sniffer` really captures on. Empty: any. Says nothing of `redirect`. */
    readonly listen: readonly string[];
  };
  /**
   * Every call shows it where it applies: `when` asks for nothing more than {@link appliesTo}, {@link protocols} and
   * {@link interactions} do.
   */
  readonly everyCall: boolean;
  /** Absent: no verdict of a scenario shows it. */
  readonly expect?: { readonly verdict: Shortfall; readonly because?: Cause };
  readonly references: readonly LimitationReference[];
  readonly workaround?: string;
  /** `YYYY-MM-DD`. */
  readonly firstSeen?: string;
  readonly lastChecked?: string;
  /** The feature file with the scenario that shows it, tagged `limitation:<id>`. */
  readonly scenario?: string;
  /** Why only a cluster can show it. */
  readonly needsCluster?: string;
  /** Why no scenario shows it, if not for want of a cluster. */
  readonly noScenario?: string;
  /** Where it is written: file and line. */
  readonly source: string;
}
