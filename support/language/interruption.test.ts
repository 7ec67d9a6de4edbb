import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { InterruptedError, interrupt, interruption, unlessInterrupted } from './interruption.js';

/** A thread that tells whether its own scenarios are interrupted: at once, and again when they become so. */
const THREAD = `
import { parentPort, workerData } from 'node:worker_threads';
const { interruption } = await import(workerData);
parentPort.postMessage(interruption.aborted);
interruption.addEventListener('abort', () => parentPort.postMessage(interruption.reason.name));
// A thread that listens to nothing else ends by itself; a worker of cucumber-js listens to its port.
parentPort.on('message', () => {});
`;

function thread(): Worker {
  const url = new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`);
  return new Worker(url, { workerData: new URL('./interruption.js', import.meta.url).href });
}

test('an interruption reaches threads that run and threads that start later, and what waits', async () => {
  const running = thread();
  assert.deepEqual(await once(running, 'message'), [false]);
  const rejected = assert.rejects(unlessInterrupted(new Promise(() => {})), InterruptedError);
  const heard = once(running, 'message');
  interrupt();
  assert.deepEqual(await heard, ['InterruptedError']);
  await rejected;
  assert.ok(interruption.aborted);
  const late = thread();
  assert.deepEqual(await once(late, 'message'), [true]);
  await Promise.all([running.terminate(), late.terminate()]);
});

test('listening for an interruption keeps no thread alive', async () => {
  const url = new URL('./interruption.js', import.meta.url);
  const [code] = await once(new Worker(url), 'exit');
  assert.equal(code, 0);
});
