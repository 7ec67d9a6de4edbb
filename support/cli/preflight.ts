import { checkEmbedded, type Requirement } from '../environment/embedded/requirements.js';
import { EnvironmentError } from '../model/errors.js';

export type { Requirement };

/** What the embedded environment needs of this machine, and whether it is there. */
export function embeddedRequirements(): Promise<readonly Requirement[]> {
  return checkEmbedded();
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
