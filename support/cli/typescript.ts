import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../language/diagnostic.js';
import { placeIn } from '../language/source-text.js';
import { ownModule, shown } from './project.js';

/**
 * Loader hooks that TypeScript steps need: none where Node.js strips types by itself (22.18 and newer).
 * They are for cucumber-js, which registers them in its workers too. Why this way: docs/adr/0005-typescript-steps.md.
 */
export function typeScriptLoaders(): string[] {
  return nodeStripsTypes() ? [] : [ownModule('support/cli/typescript-loader.js')];
}

/** Whether this Node.js loads TypeScript; it also can be told to, or not to, on its command line. */
export function nodeStripsTypes(): boolean {
  // Node.js 20 has no such feature, and its types do not know it.
  return Boolean((process.features as { readonly typescript?: false | 'strip' | 'transform' }).typescript);
}

/** What the parser throws: no Error. Lines count from 1, columns from 0. */
interface SyntaxMistake {
  readonly code: string;
  readonly message: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** The mistakes in TypeScript files for which they cannot be loaded: one for each file, as its parser stops at the first. */
export async function typeScriptMistakes(files: readonly string[], cwd: string): Promise<readonly Diagnostic[]> {
  if (files.length === 0) return [];
  const { transformSync } = await import('@swc/wasm-typescript');
  return files.flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    try {
      transformSync(source, { mode: 'strip-only', filename: file, deprecatedTsModuleAsError: true });
      return [];
    } catch (error) {
      if (!isSyntaxMistake(error)) throw error;
      return [diagnosticOf(error, source, shown(file, cwd))];
    }
  });
}

function isSyntaxMistake(error: unknown): error is SyntaxMistake {
  return typeof error === 'object' && error !== null && 'startLine' in error && 'code' in error;
}

function diagnosticOf(mistake: SyntaxMistake, source: string, name: string): Diagnostic {
  const { code, startLine, startColumn, endLine, endColumn } = mistake;
  const length = endLine === startLine ? Math.max(1, endColumn - startColumn) : 1;
  const needsCompiling = code === 'UnsupportedSyntax';
  const message = mistake.message
    .replace(' in strip-only mode', '')
    // Twenty things that might have stood there help nobody.
    .replace(/\. Expected .*,.*,.*$/s, '')
    .replace(/\.$/, '');
  return {
    message: `${name} cannot be loaded: ${message}`,
    at: placeIn(source, name, startLine, startColumn + 1, length),
    help: needsCompiling
      ? [
          'types are stripped, nothing is compiled: write it without TypeScript syntax that leaves code behind',
          '"erasableSyntaxOnly": true in tsconfig.json lets editor and tsc find these places',
        ]
      : [],
  };
}
