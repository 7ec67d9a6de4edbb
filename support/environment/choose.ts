import type { EnvironmentSettings } from '../model/environment-settings.js';
import { EnvironmentError } from '../model/errors.js';
import { embeddedEnvironment } from './embedded/embedded.js';
import type { Environment } from './environment.js';

/** What an environment's settings ask for that this version cannot do, and what to do instead. */
export interface Unsupported {
  readonly what: string;
  readonly remedy: string;
}

/** `undefined`: this version can run scenarios there. */
export function unsupportedBy({ name, kind }: EnvironmentSettings): Unsupported | undefined {
  if (kind === 'kubernetes') {
    return {
      what: `the environment "${name}" is a cluster (kind: kubernetes); this version runs scenarios on this machine only (kind: embedded)`,
      remedy: 'mirrorspec run --environment embedded',
    };
  }
  return undefined;
}

/**
 * Where scenarios of these settings run.
 * @throws {EnvironmentError} for what this version cannot do.
 */
export function environmentFor(settings: EnvironmentSettings): Environment {
  const unsupported = unsupportedBy(settings);
  if (unsupported !== undefined) throw new EnvironmentError(unsupported.what, { remedy: unsupported.remedy });
  return embeddedEnvironment(settings.sidecar);
}
