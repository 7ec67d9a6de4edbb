import type { Diagnostic } from '../language/diagnostic.js';
import { UserError } from '../model/errors.js';

/** The user's input is wrong in one or several places. */
export class InvalidInput extends UserError {
  readonly diagnostics: readonly Diagnostic[];
  readonly outcome: string | undefined;

  /** `outcome` ends the sentence "3 mistakes were found…"; default: nothing was run. */
  constructor(diagnostics: readonly Diagnostic[], outcome?: string) {
    super(diagnostics.map(({ message }) => message).join('\n'));
    this.diagnostics = diagnostics;
    this.outcome = outcome;
  }
}
