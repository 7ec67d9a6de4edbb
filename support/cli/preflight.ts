import { environmentFor, unsupportedBy } from '../environment/choose.js';
import { checkSidecars, SIDECARS } from '../environment/embedded/engine/check.js';
import { checkEmbedded, missingForEmbedded, type Requirement } from '../environment/embedded/requirements.js';
import type { EnvironmentSettings } from '../model/environment-settings.js';
import { EnvironmentError } from '../model/errors.js';

export type { Requirement };

/**
 * What an environment needs, of this machine or of this version of mirrorspec.
 * @param of `missing` leaves out what the machine has, and takes less time; sidecars are named in any case.
 */
export async function requirementsOf(
  settings: EnvironmentSettings,
  of: 'everything' | 'missing' = 'everything',
): Promise<readonly Requirement[]> {
  const unsupported = unsupportedBy(settings);
  if (unsupported === undefined) {
    const machine = of === 'missing' ? missingForEmbedded() : checkEmbedded();
    return [...(await machine), await checkSidecars(settings.sidecar)];
  }
  return [{ name: 'this version of mirrorspec', ok: false, found: unsupported.what, remedy: unsupported.remedy }];
}

/** What sidecars are made of in an environment that has been checked: `envoy 1.40.0 (/usr/bin/envoy, on the PATH)`. */
export function sidecarsIn(requirements: readonly Requirement[]): string | undefined {
  return requirements.find(({ name }) => name === SIDECARS)?.found;
}

/** Throws an `EnvironmentError` where this version cannot run scenarios with such settings at all. */
export function demandSupport(settings: EnvironmentSettings): void {
  environmentFor(settings);
}

/** Throws an `EnvironmentError` that names everything that is missing and how to get it. */
export function demand(requirements: readonly Requirement[]): void {
  const missing = requirements.filter(({ ok, only }) => !ok && only === undefined);
  if (missing.length === 0) return;
  throw new EnvironmentError(['this machine cannot run embedded labs:', ...missing.flatMap(linesOf)].join('\n'));
}

function linesOf({ name, found, remedy }: Requirement): string[] {
  return [`  ${name}: ${found}`, ...(remedy === undefined ? [] : [`    to mend it: ${remedy}`])];
}
