import { runProgram } from '../../program/program.js';
import { Caller } from './caller.js';
import { type CallerOptions, loadLibraries } from './libraries.js';

/**
 * The caller: makes calls from inside a pod and journals what was sent and received.
 * Requests: `call` (a `CallPlan`; answers `CallOutcome[]`), `connect` (a `ConnectRequest`), `disconnect`.
 */
runProgram<CallerOptions>(
  async ({ journal }) => {
    const caller = new Caller(journal);
    return {
      handlers: {
        call: (plan: Parameters<Caller['call']>[0]) => caller.call(plan),
        connect: (request: Parameters<Caller['connect']>[0]) => caller.connect(request),
        disconnect: () => caller.disconnect(),
      },
    };
  },
  { prepare: loadLibraries },
);
