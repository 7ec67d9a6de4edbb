import type { Diagnostic } from '../diagnostic.js';

/** What was looked at. Rows of examples count as scenarios. */
export interface LintTotals {
  readonly files: number;
  readonly features: number;
  readonly scenarios: number;
}

/** The result of `mirrorspec lint`. */
export interface LintReport {
  readonly mistakes: readonly Diagnostic[];
  readonly totals: LintTotals;
}

/** `14 files with 20 features and 120 scenarios` */
export function totalsText({ files, features, scenarios }: LintTotals): string {
  return `${counted(files, 'file')} with ${counted(features, 'feature')} and ${counted(scenarios, 'scenario')}`;
}

/** The stable form for programs, described in docs/lint.md. What is not known is `null`; `endColumn` is the column behind the last character. */
export function lintJson({ mistakes, totals }: LintReport): string {
  const entries = mistakes.map(({ rule, message, at, notes = [], help = [] }) => ({
    file: at?.file ?? null,
    line: at?.line ?? null,
    column: at?.column ?? null,
    endColumn: at?.column === undefined ? null : at.column + (at.length ?? 1),
    rule: rule ?? null,
    message,
    notes,
    help,
  }));
  return `${JSON.stringify({ mistakes: entries, totals: { ...totals, mistakes: mistakes.length } }, undefined, 2)}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
