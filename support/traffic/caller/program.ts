import type { Payload } from '../../model/call.js';
import { runProgram } from '../../program/program.js';
import { Caller } from './caller.js';
import { type CallerOptions, loadLibraries } from './libraries.js';

interface StreamRequest {
  readonly ids: readonly string[];
}

/**
 * The caller: makes calls from inside a pod and journals what was sent and received.
 * Requests: `call` (a `CallPlan`; answers `CallOutcome[]`), `connect` (a `ConnectRequest`), `disconnect`; `open` (a `CallPlan`), and for what
 * it opened `send`, `end`, `cancel`, `over` and `outcomes` (a `StreamRequest`).
 */
runProgram<CallerOptions>(
  async ({ journal }) => {
    const caller = new Caller(journal);
    return {
      handlers: {
        call: (plan: Parameters<Caller['call']>[0]) => caller.call(plan),
        connect: (request: Parameters<Caller['connect']>[0]) => caller.connect(request),
        disconnect: () => caller.disconnect(),
        open: (plan: Parameters<Caller['open']>[0]) => caller.open(plan),
        send: ({ ids, payload }: StreamRequest & { readonly payload: Payload }) => caller.streams.send(ids, payload),
        end: ({ ids }: StreamRequest) => caller.streams.end(ids),
        cancel: ({ ids }: StreamRequest) => caller.streams.cancel(ids),
        over: ({ ids }: StreamRequest) => caller.streams.over(ids),
        outcomes: ({ ids }: StreamRequest) => caller.streams.outcomes(ids),
      },
    };
  },
  { prepare: loadLibraries },
);
