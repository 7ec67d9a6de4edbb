import { environmentFor, unsupportedBy } from '../environment/choose.js';
import { checkEmbedded, type Requirement } from '../environment/embedded/requirements.js';
import type { EnvironmentSettings } from '../model/environment-settings.js';
import { EnvironmentError } from '../model/errors.js';

export type { Requirement };

/** What the embedded environment needs of this machine, and whether it is there. */
export function embeddedRequirements(): Promise<readonly Requirement[]> {
  return checkEmbedded();
}

/** What an environment needs, of this machine or of this version of mirrorspec. */
export async function requirementsOf(settings: EnvironmentSettings): Promise<readonly Requirement[]> {
  const unsupported = unsupportedBy(settings);
  if (unsupported === undefined) return embeddedRequirements();
  return [{ name: 'this version of mirrorspec', ok: false, found: unsupported.what, remedy: unsupported.remedy }];
}

/** Throws an `EnvironmentError` where this version cannot run scenarios with such settings at all. */
export function demandSupport(settings: EnvironmentSettings): void {
  environmentFor(settings);
}

/** Throws an `EnvironmentError` that names everything that is missing and how to get it. */
export function demand(requirements: readonly Requirement[]): void {
  const missing = requirements.filter(({ ok }) => !ok);
  if (missing.length === 0) return;
  throw new EnvironmentError(['this machine cannot run embedded labs:', ...missing.flatMap(linesOf)].join('\n'));
}

function linesOf({ name, found, remedy }: Requirement): string[] {
  return [`  ${name}: ${found}`, ...(remedy === undefined ? [] : [`    to mend it: ${remedy}`])];
}
