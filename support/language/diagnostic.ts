/** A mistake in the user's input, as data: the command line renders it, and other formats can be made of it. */
export interface Diagnostic {
  /** Stable name of the kind of mistake in kebab-case, for machines: `undefined-step`, `unknown-key`, … */
  readonly rule?: string;
  /** One line, without a final full stop: what is wrong. */
  readonly message: string;
  readonly at?: SourcePlace;
  /** Further facts, one line each. */
  readonly notes?: readonly string[];
  /** What to do about it, one line each. */
  readonly help?: readonly string[];
}

/** A place in a file of the user's. */
export interface SourcePlace {
  /** As shown: relative to the working directory where it lies below it. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
  /** The whole line, where it is known. */
  readonly source?: string;
  /** How many characters are meant, from `column` on. Default: one. */
  readonly length?: number;
}

/** By file, line and column; what has no place comes first. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => {
    if (a.at === undefined || b.at === undefined) return Number(a.at !== undefined) - Number(b.at !== undefined);
    if (a.at.file !== b.at.file) return a.at.file < b.at.file ? -1 : 1;
    return a.at.line - b.at.line || (a.at.column ?? 0) - (b.at.column ?? 0);
  });
}
