import type { Diagnostic } from '../language/diagnostic.js';
import { UserError } from '../model/errors.js';

/** The user's input is wrong in one or several places. */
export class InvalidInput extends UserError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
  }
}
