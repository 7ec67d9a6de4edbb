/**
 * Loader hooks (`module.register`) that strip the types of TypeScript modules, for Node.js older than 22.18. They behave
 * as newer versions do by themselves: the same parser, syntax that can be erased only, nothing in `node_modules`, and every
 * character keeps its place, so that no source map is needed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LoadHook } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeStripsTypes } from './typescript.js';

export const load: LoadHook = async (url, context, nextLoad) => {
  const format = nodeStripsTypes() ? undefined : typeScriptFormat(url);
  if (format === undefined) return nextLoad(url, context);
  const { transformSync } = await import('@swc/wasm-typescript');
  const file = fileURLToPath(url);
  const code = strip(transformSync, await readFile(file, 'utf8'), file);
  return { format: format(code), source: code, shortCircuit: true };
};

/** Tells from the stripped code whether it is an ES module; undefined for what is no TypeScript of the project's. */
function typeScriptFormat(url: string): ((code: string) => 'module' | 'commonjs') | undefined {
  const [, kind] = /^file:[^?#]*\.([cm]?)ts$/.exec(url) ?? [];
  if (kind === undefined || url.includes('/node_modules/')) return undefined;
  if (kind !== '') return () => (kind === 'm' ? 'module' : 'commonjs');
  const type = packageType(dirname(fileURLToPath(url)));
  if (type !== undefined) return () => type;
  return (code) => (/^\s*(?:import|export)\b/m.test(code) ? 'module' : 'commonjs');
}

/** What the nearest package.json says of its modules. */
function packageType(folder: string): 'module' | 'commonjs' | undefined {
  const file = join(folder, 'package.json');
  if (existsSync(file)) {
    const { type } = JSON.parse(readFileSync(file, 'utf8')) as { readonly type?: unknown };
    return type === 'module' || type === 'commonjs' ? type : undefined;
  }
  const above = dirname(folder);
  return above === folder ? undefined : packageType(above);
}

function strip(transformSync: typeof import('@swc/wasm-typescript').transformSync, source: string, file: string) {
  try {
    return transformSync(source, { mode: 'strip-only', filename: file, deprecatedTsModuleAsError: true }).code;
  } catch (mistake) {
    const { message, snippet, startLine, startColumn } = mistake as Record<string, string | number | undefined>;
    const error = new SyntaxError(String(message));
    error.stack = `${file}:${startLine}:${Number(startColumn) + 1}\n${snippet}\nSyntaxError: ${message}`;
    throw error;
  }
}
