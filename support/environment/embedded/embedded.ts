import { EnvironmentError } from '../../model/errors.js';
import type { Environment } from '../environment.js';
import { EmbeddedDeployment } from './deployment.js';

/** How long building a lab and starting all its programs may take, in milliseconds. */
const BUILD_TIMEOUT_MS = 30_000;

/** Scenarios on this machine: a lab of network namespaces for each of them, no cluster. */
export const embedded: Environment = {
  name: 'embedded',
  async deploy(situation, options, signal) {
    const deadline = AbortSignal.timeout(BUILD_TIMEOUT_MS);
    try {
      return await EmbeddedDeployment.create(situation, options, AbortSignal.any([signal, deadline]));
    } catch (error) {
      if (!deadline.aborted || signal.aborted) throw error;
      throw new EnvironmentError(`the embedded mesh was not ready within ${BUILD_TIMEOUT_MS / 1000} s`, {
        remedy: 'mirrorspec doctor',
        cause: error,
      });
    }
  },
};
