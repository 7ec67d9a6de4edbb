import { formatDuration } from '../../model/duration.js';
import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';

const { kind, mesh, sidecar, mirror, workload, timeouts, settleMs, cluster } = DEFAULT_SETTINGS;

/** Every value of an environment as it is written in YAML, in the order in which people read them; `undefined`: none. */
export const DEFAULT_VALUES: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['kind', kind],
  ['mesh.kind', mesh.kind],
  ['mesh.mtls', undefined],
  ['sidecar.engine', sidecar.engine],
  ['sidecar.envoy', undefined],
  ['mirror.profile', undefined],
  ['mirror.version', undefined],
  ['mirror.listen', mirror.listen],
  ['mirror.local-process', mirror.localProcess.kind],
  ['workload', workload.kind],
  ['timeouts.build', formatDuration(timeouts.buildMs)],
  ['timeouts.delivery', formatDuration(timeouts.deliveryMs)],
  ['timeouts.call', formatDuration(timeouts.callMs)],
  ['timeouts.step', formatDuration(timeouts.stepMs)],
  ['settle', formatDuration(settleMs)],
  ['context', undefined],
  ['namespace', cluster.namespace],
  ['images.workload', cluster.images.workload],
  ['images.caller', cluster.images.caller],
  ['images.agent', undefined],
]);
