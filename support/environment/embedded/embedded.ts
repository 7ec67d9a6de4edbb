import { formatDuration } from '../../model/duration.js';
import type { SidecarSettings } from '../../model/environment-settings.js';
import { EnvironmentError } from '../../model/errors.js';
import type { Environment } from '../environment.js';
import { EmbeddedDeployment } from './deployment.js';
import { engineFor } from './engine/choose.js';

/** Scenarios on this machine: a lab of network namespaces for each of them, no cluster. */
export function embeddedEnvironment(sidecar: SidecarSettings): Environment {
  return {
    name: 'embedded',
    async deploy(situation, options, signal) {
      const deadline = AbortSignal.timeout(options.buildTimeoutMs);
      const engine = () => engineFor(sidecar);
      try {
        return await EmbeddedDeployment.create(situation, { ...options, engine }, AbortSignal.any([signal, deadline]));
      } catch (error) {
        if (!deadline.aborted || signal.aborted) throw error;
        throw new EnvironmentError(`the embedded mesh was not ready within ${formatDuration(options.buildTimeoutMs)}`, {
          remedy: 'mirrorspec doctor; on a slow machine a longer timeouts.build',
          cause: error,
        });
      }
    },
  };
}
