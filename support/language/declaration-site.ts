import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where something was declared: absolute path, line and column, both from 1. */
export interface DeclarationSite {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The place that called `inside`, in the author's own source where a source map leads there.
 * Functions whose frames are above `inside` on the stack do not count.
 */
export function declarationSite(inside: (...args: never[]) => unknown): DeclarationSite {
  const holder: { stack?: unknown } = {};
  const frames = withStackTrace(
    (_error, sites) => sites,
    () => {
      Error.captureStackTrace(holder, inside);
      return holder.stack as NodeJS.CallSite[];
    },
  );
  const frame = frames[0];
  const name = frame?.getFileName();
  if (frame === undefined || name === undefined || name === null) return { file: 'unknown', line: 1, column: 1 };
  const file = name.startsWith('file:') ? fileURLToPath(name) : name;
  return originalSite({ file, line: frame.getLineNumber() ?? 1, column: frame.getColumnNumber() ?? 1 });
}

/**
 * Runs `register` so that cucumber-js takes `site` for the place of the declaration. Cucumber reads it from the stack
 * of an error that it makes while a step is registered (`get_definition_line_and_uri`), and would find declareStep
 * there, the same line for every step; usage reports, snippets and messages about ambiguity would all point at it.
 */
export function registerAt(site: DeclarationSite, register: () => void): void {
  withStackTrace(
    (error) => `${error.name}: ${error.message}\n    at declaration (${site.file}:${site.line}:${site.column})`,
    register,
  );
}

function withStackTrace<Result>(prepare: typeof Error.prepareStackTrace, action: () => Result): Result {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = prepare;
  try {
    return action();
  } finally {
    Error.prepareStackTrace = before;
  }
}

const sourceMaps = new Map<string, SourceMap | undefined>();

function originalSite(site: DeclarationSite): DeclarationSite {
  if (!sourceMaps.has(site.file)) sourceMaps.set(site.file, readSourceMap(site.file));
  const entry = sourceMaps.get(site.file)?.findEntry(site.line - 1, site.column - 1);
  if (entry === undefined || !('originalSource' in entry)) return site;
  const file = resolve(dirname(site.file), entry.originalSource);
  // An installed package carries the maps but not the TypeScript sources.
  if (!existsSync(file)) return site;
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

function readSourceMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}
