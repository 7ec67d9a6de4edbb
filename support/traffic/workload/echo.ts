import { runProgram } from '../../program/program.js';
import { type EchoOptions, startEcho } from './echo-server.js';

// The program `echo`: told `EchoOptions`, it says `{ ports: { http, grpc, tcp } }` when it listens.
runProgram<EchoOptions>(async ({ options, journal }) => {
  const { ports } = await startEcho(options, journal);
  return { info: { ports } };
});
