import type { CallVerdict } from './verdict.js';

/** Exit codes of every command (DESIGN: command line). */
export const EXIT = {
  asExpected: 0,
  failed: 1,
  invalidInput: 2,
  environment: 3,
  internal: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The user's input is wrong: a file, an option, a step's argument. Exit code 2. Says what was expected. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The machine or the cluster cannot do what is needed. Exit code 3. `remedy` is a command or setting that mends it. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly remedy: string | undefined;

  constructor(message: string, options: { readonly remedy?: string; readonly cause?: unknown } = {}) {
    super(options.remedy === undefined ? message : `${message}\n  to mend it: ${options.remedy}`, {
      cause: options.cause,
    });
    this.remedy = options.remedy;
  }
}

/**
 * What the scenario asks for cannot be had in this environment, and that is neither's fault: the rest of the scenario is skipped,
 * with this as the reason.
 */
export class NotApplicableError extends Error {
  override readonly name = 'NotApplicableError';
}

/** What a step expected does not hold. Exit code 1. The message carries diff and explanation. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
  /**
   * The verdicts that are the whole reason. Only they can be explained by a known limitation; undefined where the
   * expectation is about something else.
   */
  readonly verdicts: readonly CallVerdict[] | undefined;

  constructor(
    message: string,
    options: { readonly verdicts?: readonly CallVerdict[] | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.verdicts = options.verdicts;
  }
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
