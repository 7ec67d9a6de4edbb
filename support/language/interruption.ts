import { BroadcastChannel, getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import { endWithTerminal } from './lost-terminal.js';

/** The run was interrupted before the step could end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor() {
    super('interrupted');
  }
}

/** Names the flag that all threads of this process share, and the channel that says when it is raised. */
const SHARED = 'mirrorspec:interruption';
const controller = new AbortController();
const flag = sharedFlag();

/**
 * Aborts when the run is interrupted. Cucumber-js has no such notion: what waits in a step or a hook listens here.
 * Declared steps need not: the one that runs fails, all later ones are skipped, and hooks run as always, so that
 * everything that was started is ended and the reports are complete.
 */
export const interruption: AbortSignal = controller.signal;

/** Interrupts the scenarios of this process; called in its main thread, also those of all its worker threads. */
export function interrupt(): void {
  controller.abort(new InterruptedError());
  if (!isMainThread) return;
  // A thread that still starts finds the flag, one that runs hears of it.
  Atomics.store(flag, 0, 1);
  const channel = new BroadcastChannel(SHARED);
  channel.postMessage('interrupted');
  channel.close();
}

/** Resolves with what `work` resolves with, or rejects as soon as the run is interrupted. */
export async function unlessInterrupted<Result>(work: Promise<Result>): Promise<Result> {
  let stop: (() => void) | undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(interruption.reason);
    interruption.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    if (stop !== undefined) interruption.removeEventListener('abort', stop);
  }
}

/**
 * A worker of cucumber-js ends by itself when the coordinator closes the run. What ends the run must not end the worker
 * before its scenario has been cleaned up and reported. Up to cucumber-js 12 a worker is a process, which gets signals;
 * from 13 on it is a thread, which gets none.
 */
if (!isMainThread) followMainThread();
else if (process.env.CUCUMBER_WORKER_ID !== undefined && process.send !== undefined) {
  endWithTerminal();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  // The run was killed, perhaps before we came so far: there is nobody to report to, and labs end with their worker.
  process.on('disconnect', () => process.exit());
  if (!process.connected) process.exit();
}

function followMainThread(): void {
  const channel = new BroadcastChannel(SHARED);
  channel.onmessage = interrupt;
  channel.unref();
  if (Atomics.load(flag, 0) === 1) interrupt();
}

/** Made by the main thread; every thread that starts later inherits it. */
function sharedFlag(): Int32Array {
  const inherited = getEnvironmentData(SHARED);
  if (inherited instanceof SharedArrayBuffer) return new Int32Array(inherited);
  const memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  if (isMainThread) setEnvironmentData(SHARED, memory);
  return new Int32Array(memory);
}
