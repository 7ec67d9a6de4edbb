import type { User } from '../../../program/protocol.js';
import type { SidecarStatistics } from '../sidecar/telemetry.js';
import type { ProxyPlace, RunningProxy } from './data-plane.js';

/** Starts one of mirrorspec's own proxies in its pod and waits until it takes connections. */
export async function startProxyProgram(
  { lab, pod, name }: ProxyPlace,
  program: { readonly module: URL; readonly options: unknown; readonly user: User },
  signal: AbortSignal,
): Promise<RunningProxy> {
  const running = await lab.pod(pod).startProgram({ name, ...program }, signal);
  return {
    ended: running.ended,
    log: running.log,
    dispose: () => running.dispose(),
    async evidence() {
      const statistics = await running.request<SidecarStatistics>('statistics', undefined);
      return { statistics: `${JSON.stringify(statistics, undefined, 2)}\n` };
    },
  };
}
