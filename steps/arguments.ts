import { UserError } from '../support/model/errors.js';

export { commandOf } from '../support/model/command-line.js';

/** What is known of values before a run; the same holds for Gherkin when the step runs. */
export const PORT_SCHEMA = { minimum: 1, maximum: 65_535 };
export const METHOD_SCHEMA = { pattern: '^[A-Z]+$', examples: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] };
export const HEX_SCHEMA = { pattern: '^\\s*([0-9A-Fa-f]\\s*[0-9A-Fa-f]\\s*)*$' };

export function portNumber(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UserError(`${port} is no TCP port: give a number from 1 to 65535`);
  }
  return port;
}
