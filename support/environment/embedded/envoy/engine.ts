import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../../../model/errors.js';
import { SIDECAR_USER, type SidecarEngine } from '../engine/engine.js';
import { LAB_DIRECTORY } from '../lab/topology.js';
import type { EnvoyBinary } from './binary.js';
import { bootstrapOf, type EnvoyFiles } from './bootstrap.js';

/**
 * One worker thread: Istio gives a sidecar as many as its CPU limit allows, and connections to the application are pooled for each of
 * them. With one, all clients share them, whichever connection they came on, and a run does not depend on the machine's cores.
 */
const WORKERS = 1;
/** How often Envoy writes what it has gathered of its access log. Milliseconds. */
const LOG_FLUSH_MS = 50;
/** How long at most to wait for the last of it: a disk that is full must not keep a scenario. Milliseconds. */
const LOG_DEADLINE_MS = 2000;

/** A real Envoy. */
export function envoyEngine({ path, version }: EnvoyBinary): SidecarEngine {
  const title = `envoy ${version}`;
  return {
    name: 'envoy',
    title,
    async start({ lab, pod, name }, options, signal) {
      const files = filesOf(pod);
      const running = await lab
        .startCommand(
          {
            pod,
            name,
            command: { argv: commandLine(path, files), cwd: dirname(path), env: {} },
            user: SIDECAR_USER,
            ready: { kind: 'answers', socket: files.admin, path: '/ready' },
            files: [{ path: files.bootstrap, text: JSON.stringify(bootstrapOf(options, files)) }],
          },
          signal,
        )
        .catch((error: unknown) => {
          throw signal.aborted || !(error instanceof Error)
            ? error
            : new EnvironmentError(`the ${name} could not be started (${title}, ${path}): ${error.message}`, {
                remedy: 'mirrorspec doctor, or --set sidecar.engine=node',
                cause: error,
              });
        });
      return {
        ...running,
        async evidence() {
          const statistics = await statisticsOnceLogged(() => lab.askSocket(files.admin, 'GET', '/stats?usedonly'));
          return { statistics, 'access log': await lab.readFile(files.accessLog) };
        },
      };
    },
  };
}

/** The statistics as soon as they say that no line of the access log is waiting to be written. */
async function statisticsOnceLogged(ask: () => Promise<string>): Promise<string> {
  const deadline = performance.now() + LOG_DEADLINE_MS;
  for (;;) {
    const statistics = await ask();
    const waiting = /^filesystem\.write_total_buffered: [1-9]/m.test(statistics);
    if (!waiting || performance.now() > deadline) return statistics;
    await delay(LOG_FLUSH_MS / 5);
  }
}

function filesOf(pod: string): EnvoyFiles {
  const folder = `${LAB_DIRECTORY}/envoy-${pod}`;
  return {
    bootstrap: `${folder}/bootstrap.json`,
    admin: `${folder}/admin.sock`,
    accessLog: `${folder}/access.log`,
  };
}

function commandLine(path: string, { bootstrap }: EnvoyFiles): [string, ...string[]] {
  const options = { '--config-path': bootstrap, '--concurrency': WORKERS, '--file-flush-interval-msec': LOG_FLUSH_MS };
  return [
    path,
    ...Object.entries(options).flatMap(([name, value]) => [name, String(value)]),
    '--disable-hot-restart',
    '--log-level',
    'warning',
  ];
}
