import { runProgram } from '../../program/program.js';
import { type EchoOptions, startEcho } from './echo-server.js';

// The program `echo`: told `EchoOptions`, it says `{ ports: { http, grpc, tcp } }` when it listens.
runProgram<EchoOptions>(async ({ options, journal }) => {
  const echo = await startEcho(options, journal);
  return {
    info: { ports: echo.ports },
    handlers: {
      /** Answers which of the calls it was not answering. */
      breakOff: ({ ids }: { readonly ids: readonly string[] }) => ids.filter((id) => !echo.breakOff(id)),
    },
  };
});
