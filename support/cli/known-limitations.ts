import { join } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import type { Limitation } from '../model/limitation.js';
import { DEFAULT_FEATURES, PACKAGE_ROOT } from './project.js';

/** The limitations that a project declares, and of those that come with mirrorspec the ones whose ids it does not use. */
export async function knownLimitations(
  cwd: string,
  featureFolders: readonly string[],
): Promise<{ readonly limitations: readonly Limitation[]; readonly mistakes: readonly Diagnostic[] }> {
  const { projectLimitations } = await import('../language/settings/index.js');
  const [own, shipped] = await Promise.all([
    projectLimitations(cwd, featureFolders),
    projectLimitations(cwd, [join(PACKAGE_ROOT, DEFAULT_FEATURES)]),
  ]);
  if (own.mistakes.length > 0) return { limitations: [], mistakes: own.mistakes };
  return {
    limitations: [...new Map([...shipped.limitations, ...own.limitations]).values()],
    mistakes: shipped.mistakes,
  };
}
