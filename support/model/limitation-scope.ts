import type { EnvironmentKind } from './environment-settings.js';
import type { Limitation, LimitedMesh, LimitedProtocol } from './limitation.js';
import { isInRange, mirrordVersion } from './mirrord-version.js';
import type { Interaction } from './protocol.js';
import type { Profile } from './session.js';
import type { CallerKind, InterceptionMode, MtlsPolicy } from './situation.js';

/** In what a call was made, as far as limitations ask. */
export interface Circumstances {
  readonly environment: EnvironmentKind;
  readonly mesh: LimitedMesh;
  /** Of the port that is called. Absent without a mesh. */
  readonly mtls?: MtlsPolicy;
  /** Absent where there are no sidecars of Istio's. */
  readonly interception?: InterceptionMode;
  readonly caller: CallerKind;
  /** Absent: there is no mirror session. */
  readonly session?: {
    readonly profile: Profile;
    /** Of mirrord, `3.180.0`. */
    readonly version: string;
    /** Absent for `redirect`. */
    readonly listenInterface?: string;
  };
  /** Absent: no call was made. */
  readonly call?: { readonly protocol: LimitedProtocol; readonly interaction: Interaction };
}

/** Why a limitation does not apply, in words; undefined where it does. */
export function whyNotApplicable(limitation: Limitation, circumstances: Circumstances): string | undefined {
  const { appliesTo, protocols, interactions } = limitation;
  const { environment, mesh, mtls, interception, caller, session, call } = circumstances;
  const otherThan = <Value extends string>(what: string, allowed: readonly Value[], found: Value | undefined) =>
    allowed.length === 0 || (found !== undefined && allowed.includes(found))
      ? undefined
      : `it is about ${what} ${allowed.join(', ')}; here ${found === undefined ? 'there is none' : `it is ${found}`}`;
  return (
    otherThan('the environment', appliesTo.environments, environment) ??
    otherThan('the mesh', appliesTo.meshes, mesh) ??
    otherThan('the mTLS policy', appliesTo.mtls, mtls) ??
    otherThan('the interception', appliesTo.interceptions, interception) ??
    otherThan('the caller', appliesTo.callers, caller) ??
    otherThan('the profile', appliesTo.profiles, session?.profile) ??
    otherVersion(appliesTo.mirrord, session?.version) ??
    // An agent that redirects connections listens on none: whether it is meant too is what the profiles say.
    (session?.profile === 'redirect'
      ? undefined
      : otherThan('the listen interface', appliesTo.listen, session?.listenInterface)) ??
    otherThan('the protocol', protocols, call?.protocol) ??
    otherThan('the interaction', interactions, call?.interaction)
  );
}

function otherVersion(range: string | undefined, version: string | undefined): string | undefined {
  if (range === undefined || (version !== undefined && isInRange(mirrordVersion(version), range))) return undefined;
  return `it is about mirrord ${range}; here ${version === undefined ? 'there is no session' : `the version is ${version}`}`;
}
