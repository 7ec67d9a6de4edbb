import { UserError } from '../support/model/errors.js';

export { commandOf } from '../support/model/command-line.js';

export function portNumber(port: number): number {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new UserError(`${port} is no TCP port: give a number from 1 to 65535`);
  }
  return port;
}
