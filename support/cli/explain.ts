import { type ChalkInstance, chalkStderr } from 'chalk';
import { renderDiagnostics } from '../language/render-diagnostics.js';
import { EnvironmentError, EXIT, type ExitCode, messageOf, UserError } from '../model/errors.js';
import { InvalidInput } from './invalid-input.js';

/** Tells the user why a command ended, and with which exit code. */
export function explain(error: unknown, output: { write(text: string): unknown }): ExitCode {
  output.write(explanationOf(error, chalkStderr));
  if (error instanceof UserError) return EXIT.invalidInput;
  if (error instanceof EnvironmentError) return EXIT.environment;
  return EXIT.internal;
}

function explanationOf(error: unknown, colour: ChalkInstance): string {
  if (error instanceof InvalidInput) return renderDiagnostics(error.diagnostics, colour, error.outcome);
  const label = colour.bold.red('error');
  if (error instanceof UserError || error instanceof EnvironmentError) return `${label}: ${error.message}\n`;
  const trace = error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
  return `${colour.bold.red('internal error')}: ${trace}\nThis is a fault of mirrorspec, not of your scenarios.\n`;
}
