import { join } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import type { Limitation } from '../model/limitation.js';
import { DEFAULT_FEATURES, PACKAGE_ROOT } from './project.js';

export interface KnownLimitations {
  readonly limitations: readonly Limitation[];
  readonly mistakes: readonly Diagnostic[];
}

/** The limitations that a project declares: those that its scenarios can be tagged with. */
export async function declaredLimitations(cwd: string, featureFolders: readonly string[]): Promise<KnownLimitations> {
  const { projectLimitations } = await import('../language/settings/index.js');
  const { limitations, mistakes } = await projectLimitations(cwd, featureFolders);
  return { limitations: [...limitations.values()], mistakes };
}

/** Those, and of the limitations that come with mirrorspec the ones whose ids the project does not use. */
export async function knownLimitations(cwd: string, featureFolders: readonly string[]): Promise<KnownLimitations> {
  const own = await declaredLimitations(cwd, featureFolders);
  const shipped = await declaredLimitations(cwd, [join(PACKAGE_ROOT, DEFAULT_FEATURES)]);
  const ids = new Set(own.limitations.map(({ id }) => id));
  return {
    limitations: [...own.limitations, ...shipped.limitations.filter(({ id }) => !ids.has(id))],
    mistakes: [...own.mistakes, ...shipped.mistakes],
  };
}
