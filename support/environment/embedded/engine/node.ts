import type { SidecarStatistics } from '../sidecar/telemetry.js';
import { type SidecarEngine, sidecarUser } from './engine.js';

/** mirrorspec's own sidecar program. */
export const NODE_ENGINE: SidecarEngine = {
  name: 'node',
  title: 'node',
  async start({ lab, pod, name }, options, signal) {
    const program = await lab.pod(pod).startProgram(
      {
        name,
        module: new URL('../sidecar/program.js', import.meta.url),
        options,
        user: sidecarUser(options),
      },
      signal,
    );
    return {
      ended: program.ended,
      log: program.log,
      dispose: () => program.dispose(),
      async evidence() {
        const statistics = await program.request<SidecarStatistics>('statistics', undefined);
        return { statistics: `${JSON.stringify(statistics, undefined, 2)}\n` };
      },
    };
  },
};
