/** The run was interrupted before the step could end. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  constructor() {
    super('interrupted');
  }
}

const controller = new AbortController();

/**
 * Aborts when the run is interrupted. Cucumber-js has no such notion: what waits in a step or a hook listens here.
 * Declared steps need not: the one that runs fails, all later ones are skipped, and hooks run as always, so that
 * everything that was started is ended and the reports are complete.
 */
export const interruption: AbortSignal = controller.signal;

/** Interrupts the scenarios of this process. */
export function interrupt(): void {
  controller.abort(new InterruptedError());
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
 * A worker process of cucumber-js ends by itself when the coordinator closes the run. The signals that end the run must
 * not end the worker before its scenario has been cleaned up and reported.
 */
if (process.env.CUCUMBER_WORKER_ID !== undefined && process.send !== undefined) {
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
}
