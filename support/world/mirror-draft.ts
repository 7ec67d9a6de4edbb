import type { EnvironmentSettings } from '../model/environment-settings.js';
import { NotApplicableError, UserError } from '../model/errors.js';
import { type MirrordVersion, mirrordVersion, newestWith, profilesOf, versionText } from '../model/mirrord-version.js';
import type { Profile } from '../model/session.js';
import type { HttpFilter, LocalProcessSpec, MirrorSpec } from '../model/situation.js';

/** What the steps say of the mirror session. What they do not say follows from the rest, and from the environment. */
export interface MirrorDraft {
  listenInterface: string;
  /** A step named the interface, so packets are to be captured. */
  listens: boolean;
  version?: MirrordVersion;
  profile?: Profile;
  flushConnections?: boolean;
  httpFilter?: HttpFilter;
  ports: number[];
  portMapping: { local: number; remote: number }[];
  localProcess: LocalProcessSpec;
}

/** What the environment says of mirror sessions. */
export type MirrorDefaults = Pick<EnvironmentSettings['mirror'], 'profile' | 'version'>;

/**
 * The mirror session that steps and environment describe; steps win.
 * @throws {UserError} where the steps contradict each other. @throws {NotApplicableError} where they contradict what the
 * environment says, so that no session can be as both say.
 */
export function mirrorOf(draft: MirrorDraft, defaults: MirrorDefaults): MirrorSpec {
  const { listens, version: said, profile: _, ...rest } = draft;
  const version = said ?? (defaults.version === undefined ? undefined : mirrordVersion(defaults.version));
  const profile = profileOf(draft, version, defaults);
  if (profile === 'redirect' && listens) {
    throw new UserError(
      'a mirror that redirects connections listens on no interface: leave "the mirror listens on" out, or let the mirror capture packets',
    );
  }
  if (profile === 'sniffer' && rest.flushConnections === false) {
    const message = 'a mirror that captures packets breaks no connections: "flushes no connections" says nothing there';
    const environmentsOwn =
      draft.profile === undefined && said === undefined && (defaults.profile ?? defaults.version) !== undefined;
    throw environmentsOwn ? new NotApplicableError(message) : new UserError(message);
  }
  return { profile, version: versionText(version ?? newestWith(profile)), ...rest };
}

function profileOf(draft: MirrorDraft, version: MirrordVersion | undefined, defaults: MirrorDefaults): Profile {
  const { listens, profile: said } = draft;
  const asked = said ?? (listens ? 'sniffer' : undefined);
  if (version === undefined) return asked ?? defaults.profile ?? 'sniffer';
  const profiles = profilesOf(version);
  const [first] = profiles;
  if (asked === undefined) return profiles.find((profile) => profile === defaults.profile) ?? first;
  if (profiles.includes(asked)) return asked;
  const why = whyNot(asked, versionText(version), listens && said === undefined);
  throw draft.version === undefined
    ? new NotApplicableError(`${why} (the environment says mirror.version)`)
    : new UserError(why);
}

function whyNot(asked: Profile, version: string, listens: boolean): string {
  if (asked === 'redirect') {
    return `mirrord ${version} cannot redirect connections: it captures packets only; redirecting came with 3.151`;
  }
  return listens
    ? `mirrord ${version} listens on no interface: since 3.181 it has no packet capture, and redirects connections instead`
    : `mirrord ${version} captures no packets: since 3.181 it redirects connections instead`;
}
