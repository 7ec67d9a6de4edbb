import { Chalk } from 'chalk';
import type { Diagnostic } from '../diagnostic.js';
import { renderDiagnostics } from '../render-diagnostics.js';

const plain = new Chalk({ level: 0 });

/** Mistakes as a reader sees them, without colours and the closing count, with a line before and after. */
export function rendered(mistakes: readonly Diagnostic[]): string {
  const text = renderDiagnostics(mistakes, plain);
  return `\n${text.slice(0, text.lastIndexOf('\n\nerror: '))}\n`;
}
