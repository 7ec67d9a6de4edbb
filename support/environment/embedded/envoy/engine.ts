import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../../../model/errors.js';
import { type SidecarEngine, sidecarUser } from '../engine/engine.js';
import type { EnvoyBinary } from './binary.js';
import { bootstrapOf } from './bootstrap.js';
import { envoyCommand, envoyFiles, LOG_FLUSH_MS } from './command.js';

/** How long at most to wait for the last of it: a disk that is full must not keep a scenario. Milliseconds. */
const LOG_DEADLINE_MS = 2000;

/** A real Envoy. */
export function envoyEngine({ path, version }: EnvoyBinary): SidecarEngine {
  const title = `envoy ${version}`;
  return {
    name: 'envoy',
    title,
    async start({ lab, pod, name }, options, signal) {
      const files = envoyFiles(pod);
      const running = await lab
        .startCommand(
          {
            pod,
            name,
            command: { argv: envoyCommand(path, files), cwd: dirname(path), env: {} },
            user: sidecarUser(options),
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
