import { runProgram } from '../../program/program.js';
import { type EchoOptions, startEcho } from './echo-server.js';
import { makeFirstCall } from './first-call.js';
import { loadLibraries } from './libraries.js';

// The program `echo`: told `EchoOptions`, it says `{ ports: { http, grpc, tcp } }` when it listens.
runProgram<EchoOptions>(
  async ({ options, journal, log }) => {
    const echo = await startEcho(options, journal);
    const firstCall = options.firstCall && makeFirstCall(options.firstCall);
    firstCall?.then(({ text }) => log('info', `the first call: ${text}`));
    return {
      info: { ports: echo.ports },
      handlers: {
        /** Answers what became of it, once it is known. */
        firstCall: () => firstCall,
        /** Answers which of the calls it was not answering. */
        breakOff: ({ ids }: { readonly ids: readonly string[] }) => ids.filter((id) => !echo.breakOff(id)),
      },
    };
  },
  { prepare: loadLibraries },
);
