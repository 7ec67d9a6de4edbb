import { UserError } from '../support/model/errors.js';
import type { Command } from '../support/model/host.js';

/** A command line of a step: words separated by blanks; single or double quotes keep a word together. No shell is involved. */
export function commandOf(line: string, env: Readonly<Record<string, string>> = {}): Command {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const [program, ...rest] = words;
  if (program === undefined) throw new UserError('the command is empty: give a program and its arguments');
  return { argv: [program, ...rest], cwd: process.cwd(), env };
}

export function portNumber(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UserError(`${port} is no TCP port: give a number from 1 to 65535`);
  }
  return port;
}
