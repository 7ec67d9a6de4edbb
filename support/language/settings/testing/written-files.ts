import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Chalk } from 'chalk';
import type { Diagnostic } from '../../diagnostic.js';
import { renderDiagnostics } from '../../render-diagnostics.js';

/** A temporary folder with files in it. Whoever made it removes it. */
export function folderWith(files: Readonly<Record<string, string>>): { readonly path: string; dispose(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'mirrorspec-settings-')));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/** Mistakes as a reader sees them, without the closing count. */
export function rendered(mistakes: readonly Diagnostic[]): string {
  return renderDiagnostics(mistakes, new Chalk({ level: 0 })).replace(/\n\nerror: \d+ mistakes? w\w+ found.*\n$/, '\n');
}
