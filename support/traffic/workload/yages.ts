import { runProgram } from '../../program/program.js';
import { loadSideServices } from './libraries.js';
import { startYages, type YagesOptions } from './yages-server.js';

// The program `yages`: told `YagesOptions`, it says `{ ports: { grpc } }` when it listens.
runProgram<YagesOptions>(
  async ({ options, journal }) => {
    const { port } = await startYages(options, journal);
    return { info: { ports: { grpc: port } } };
  },
  { prepare: loadSideServices },
);
