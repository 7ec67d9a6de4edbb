// Starts one of the workload programs as mirrorspec does: a child with an IPC channel that is told its options.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAMS = new URL('../../dist/support/traffic/workload/', import.meta.url);

/**
 * @param {'echo' | 'yages'} name
 * @param {object} options
 */
export async function startWorkload(name, options) {
  const child = fork(fileURLToPath(new URL(`${name}.js`, PROGRAMS)), { serialization: 'advanced' });
  const journal = [];
  const info = await new Promise((resolve, reject) => {
    child.on('message', (message) => {
      if (message.type === 'journal') journal.push(...message.records);
      else if (message.type === 'ready') resolve(message.info);
      else if (message.type === 'error') reject(new Error(`${name}: ${message.error.message}`));
    });
    child.once('exit', (code) =>
      reject(new Error(`${name} ended with ${code}; is the project built (npm run build)?`)),
    );
    child.send({ type: 'start', options });
  });
  return { ports: info.ports, journal, stop: () => child.kill('SIGKILL') };
}
