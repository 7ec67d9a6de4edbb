import type { LimitedMesh, LimitedProtocol } from './limitation.js';
import type { Interaction } from './protocol.js';
import type { Profile } from './session.js';
import type { Cause, Verdict } from './verdict.js';

/** What a scenario that is tagged with a limitation came to, as far as the limitation goes. */
export const LIMITATION_OUTCOMES = [
  /** It fell short exactly as declared. */
  'known',
  /** It holds, although the limitation applies: the tag has to go. */
  'no-longer-limited',
  /** It fell short in another way, or something else failed. */
  'failed',
  /** The limitation does not apply there, and the scenario passed. */
  'not-applicable',
  /** Another limitation of the scenario explains what fell short, or the scenario was left out. */
  'not-observed',
] as const;
export type LimitationOutcome = (typeof LIMITATION_OUTCOMES)[number];

/** One limitation in one attempt at one scenario. */
export interface LimitationObservation {
  readonly limitation: string;
  readonly title: string;
  readonly outcome: LimitationOutcome;
  /** Why it does not apply there. */
  readonly notApplicable?: string;
  /** What became of the calls, each verdict and cause once; the worst says why it fell short. */
  readonly observed: readonly Observed[];
  readonly mesh: LimitedMesh;
  /** Absent: there was no mirror session. */
  readonly profile?: Profile;
  /** Of mirrord. */
  readonly version?: string;
  readonly listenInterface?: string;
  readonly protocol?: LimitedProtocol;
  readonly interaction?: Interaction;
}

export interface Observed {
  readonly verdict: Verdict;
  readonly cause?: Cause;
}

/** Attachments of this media type hold a list of {@link LimitationObservation}. */
export const OBSERVATION_MEDIA_TYPE = 'application/vnd.mirrorspec.limitations+json';

/** `not-mirrored (encrypted-interface)`. */
export function observedText({ verdict, cause }: Observed): string {
  return cause === undefined ? verdict : `${verdict} (${cause})`;
}

/** The lines that say of an observation what a person wants to know: `L1: title`. */
export function observationTitle({ limitation, title }: Pick<LimitationObservation, 'limitation' | 'title'>): string {
  return `${limitation}: ${title}`;
}
