import { LAB_DIRECTORY } from '../lab/topology.js';
import type { EnvoyFiles } from './bootstrap.js';

/**
 * One worker thread: Istio gives a sidecar as many as its CPU limit allows, and connections to the application are pooled for each of
 * them. With one, all clients share them, whichever connection they came on, and a run does not depend on the machine's cores.
 */
const WORKERS = 1;
/** How often Envoy writes what it has gathered of its access log. Milliseconds. */
export const LOG_FLUSH_MS = 50;
/** Where the Envoy of a pod keeps what is its own. */
export function envoyFiles(pod: string): EnvoyFiles {
  const folder = `${LAB_DIRECTORY}/envoy-${pod}`;
  return {
    bootstrap: `${folder}/bootstrap.json`,
    admin: `${folder}/admin.sock`,
    accessLog: `${folder}/access.log`,
  };
}

/** How it is started. */
export function envoyCommand(path: string, { bootstrap }: EnvoyFiles): [string, ...string[]] {
  const options = { '--config-path': bootstrap, '--concurrency': WORKERS, '--file-flush-interval-msec': LOG_FLUSH_MS };
  return [
    path,
    ...Object.entries(options).flatMap(([name, value]) => [name, String(value)]),
    '--disable-hot-restart',
    '--log-level',
    'warning',
  ];
}
