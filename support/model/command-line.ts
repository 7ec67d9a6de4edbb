import { UserError } from './errors.js';
import type { Command } from './host.js';

/**
 * A command line as a command that runs in the current folder: words separated by blanks; single or double quotes keep a word
 * together. No shell is involved.
 * @throws {UserError} for an empty line.
 */
export function commandOf(line: string, env: Readonly<Record<string, string>> = {}): Command {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const [program, ...rest] = words;
  if (program === undefined) throw new UserError('the command is empty: give a program and its arguments');
  return { argv: [program, ...rest], cwd: process.cwd(), env };
}
