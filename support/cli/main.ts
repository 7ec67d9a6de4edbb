#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { endWithTerminal } from '../language/lost-terminal.js';
import { EXIT, type ExitCode } from '../model/errors.js';
import { packageVersion } from '../report/package-version.js';
import { cleanCommand } from './clean.js';
import { compileCommand } from './compile.js';
import { doctorCommand } from './doctor.js';
import { endAtOnceUnlessHandled } from './ending-signals.js';
import { explainCommand } from './explain-limitation.js';
import { gateCommand } from './gate.js';
import { initCommand } from './init.js';
import { lintCommand } from './lint.js';
import { matrixCommand } from './matrix.js';
import { Output } from './output.js';
import { reportCommand } from './report.js';
import { runCommand } from './run.js';
import { schemaCommand } from './schema.js';
import { stepsCommand } from './steps.js';

const EXIT_CODES = `
Exit codes:
  0    as expected
  1    a scenario failed, or a rule of the gate does not hold
  2    invalid input: a file, an option, a step, an empty selection
  3    the environment could not be prepared
  4    a fault of mirrorspec
  130  interrupted`;

async function main(): Promise<ExitCode> {
  let code: ExitCode = EXIT.asExpected;
  const finish = (result: ExitCode): void => {
    code = result;
  };
  const program = new Command('mirrorspec')
    .description('Executable specifications for traffic mirroring on service meshes')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', EXIT_CODES)
    .exitOverride();
  for (const command of [
    runCommand(finish),
    matrixCommand(finish),
    lintCommand(finish),
    gateCommand(finish),
    reportCommand(finish),
    compileCommand(finish),
    doctorCommand(finish),
    stepsCommand(finish),
    schemaCommand(finish),
    initCommand(finish),
    explainCommand(finish),
    cleanCommand(finish),
  ]) {
    program.addCommand(command.copyInheritedSettings(program).helpOption('-h, --help', 'show help'));
  }
  try {
    await program.parseAsync();
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what is wrong; help and version are no mistakes.
      return error.exitCode === 0 ? EXIT.asExpected : EXIT.invalidInput;
    }
    const { explain } = await import('./explain.js');
    return explain(error, process.stderr);
  }
}

const output = new Output([process.stdout, process.stderr]);
endWithTerminal();
endAtOnceUnlessHandled();
const code = await main();
const lost = await output.written();
if (lost !== undefined) process.stderr.write(`error: the output could not be written: ${lost.message}\n`);
// Whatever steps have left open must not keep a finished run alive.
process.exit(lost === undefined || code === EXIT.interrupted ? code : EXIT.environment);
