import { UserError } from './errors.js';
import type { Profile } from './session.js';

/** A version of mirrord, `major.minor.patch`. CLI and agent of a session have the same. */
export interface MirrordVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The newest version whose behaviour the reference agent was checked against. */
export const CURRENT_MIRRORD: MirrordVersion = { major: 3, minor: 250, patch: 0 };

/** The first version in which mirroring by redirect can be chosen (`agent.passthrough_mirroring`, mirrord #3425). */
const REDIRECT_FROM: MirrordVersion = { major: 3, minor: 151, patch: 0 };
/** The first version that redirects unless told otherwise (mirrord #3440). */
const REDIRECT_BY_DEFAULT_FROM: MirrordVersion = { major: 3, minor: 153, patch: 0 };
/** The first version without the packet sniffer (mirrord #3834). */
const NO_SNIFFER_FROM: MirrordVersion = { major: 3, minor: 181, patch: 0 };
/** The first version in which a mirrored subscription can have HTTP filters (mirrord #3567). */
const FILTERS_FROM: MirrordVersion = { major: 3, minor: 162, patch: 0 };

/** The first version that reaches the application at the pod's own address; before it was 127.0.0.1 (mirrord #4479). */
const POD_ADDRESS_FROM: MirrordVersion = { major: 3, minor: 230, patch: 0 };
/**
 * The first version that tells caches to keep nothing that came through the agent. The change is of 2026-08-07, two weeks before
 * 3.250; which release it came with is inferred from that.
 */
const CACHE_CONTROL_FROM: MirrordVersion = { major: 3, minor: 248, patch: 0 };
/** The first version whose detection of HTTP gives up (mirrord CHANGELOG, 3.211.0: `agent.http_detection_timeout`). */
const DETECTION_TIMEOUT_FROM: MirrordVersion = { major: 3, minor: 211, patch: 0 };
/** The first version whose agent finds out by itself whether there is IPv6 (mirrord CHANGELOG, 3.205.0). */
const IPV6_FROM: MirrordVersion = { major: 3, minor: 205, patch: 0 };
/** The newest version that has the packet sniffer. */
const LAST_SNIFFER: MirrordVersion = { major: 3, minor: 180, patch: 0 };

/** Reads `3.181`, `3.181.0` or `v3.181.0`. @throws {UserError} for anything else. */
export function mirrordVersion(text: string): MirrordVersion {
  const [, major, minor, patch] = /^v?(\d{1,4})\.(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (major === undefined || minor === undefined) {
    throw new UserError(`"${text}" is no version of mirrord: write it as 3.181 or 3.181.0`);
  }
  return { major: Number(major), minor: Number(minor), patch: Number(patch ?? 0) };
}

export function versionText({ major, minor, patch }: MirrordVersion): string {
  return `${major}.${minor}.${patch}`;
}

/** Negative, zero or positive, as for sorting. */
export function compareVersions(a: MirrordVersion, b: MirrordVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** Whether `version` is `from` or newer. */
export function isFrom(version: MirrordVersion, from: MirrordVersion): boolean {
  return compareVersions(version, from) >= 0;
}

/** The profiles that a version has, its default first. */
export function profilesOf(version: MirrordVersion): readonly [Profile, ...Profile[]] {
  if (isFrom(version, NO_SNIFFER_FROM)) return ['redirect'];
  if (isFrom(version, REDIRECT_BY_DEFAULT_FROM)) return ['redirect', 'sniffer'];
  return isFrom(version, REDIRECT_FROM) ? ['sniffer', 'redirect'] : ['sniffer'];
}

/** The version that stands for a profile where none is said: the newest that has it. */
export function newestWith(profile: Profile): MirrordVersion {
  return profile === 'sniffer' ? LAST_SNIFFER : CURRENT_MIRRORD;
}

/** Whether the redirecting agent of this version reaches the application at the pod's address, rather than at 127.0.0.1. */
export function passesToPodAddress(version: MirrordVersion): boolean {
  return isFrom(version, POD_ADDRESS_FROM);
}

/**
 * How long the redirecting agent of this version waits for each of the first reads of a connection, in milliseconds: for ever
 * before 3.211 (mirrord CHANGELOG, 3.211.0: "instead of waiting indefinitely for the client's first byte").
 */
export function detectionTimeoutMs(version: MirrordVersion): number {
  return isFrom(version, DETECTION_TIMEOUT_FROM) ? 2000 : Number.POSITIVE_INFINITY;
}

/**
 * Whether the redirecting agent of this version takes IPv6 where the pod has it. Before, it has to be told (`feature.network.ipv6`; mirrord
 * CHANGELOG, 3.205.0).
 */
export function redirectsIPv6(version: MirrordVersion): boolean {
  return isFrom(version, IPV6_FROM);
}

/** Whether the redirecting agent of this version overwrites `Cache-Control` in answers. */
export function overridesCacheControl(version: MirrordVersion): boolean {
  return isFrom(version, CACHE_CONTROL_FROM);
}

/** Whether a mirrored subscription of this version honours HTTP filters; older ones mirror everything and warn. */
export function honoursHttpFilters(version: MirrordVersion, profile: Profile): boolean {
  return profile === 'redirect' && isFrom(version, FILTERS_FROM);
}

/**
 * Whether a version lies in a range: comparators (`>=3.153`, `<3.181`, `<=`, `>`, `=`) separated by blanks, all of which must
 * hold. A bare version means exactly that one. An empty range holds for every version.
 * @throws {UserError} for what is no range.
 */
export function isInRange(version: MirrordVersion, range: string): boolean {
  return range
    .trim()
    .split(/\s+/)
    .filter((part) => part !== '')
    .every((part) => {
      const [, operator = '', text = ''] = /^(>=|<=|>|<|=)?(.*)$/.exec(part) ?? [];
      const order = compareVersions(version, mirrordVersion(text));
      switch (operator) {
        case '>=':
          return order >= 0;
        case '<=':
          return order <= 0;
        case '>':
          return order > 0;
        case '<':
          return order < 0;
        default:
          return order === 0;
      }
    });
}
