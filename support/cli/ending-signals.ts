import { EXIT } from '../model/errors.js';

/** What asks a command to end: Ctrl-C, a pipeline that gives up, a terminal that goes away. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends the process at such a signal, as long as nobody else listens to it who has something to clean up. */
export function endAtOnceUnlessHandled(): void {
  for (const signal of ENDING_SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(EXIT.interrupted);
    });
  }
}
