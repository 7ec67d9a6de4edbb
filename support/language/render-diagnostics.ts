import type { ChalkInstance } from 'chalk';
import { harmlessLines } from '../model/pipeline-commands.js';
import type { Diagnostic, SourcePlace } from './diagnostic.js';

/**
 * Mistakes as text for a person, with the line that is meant and what to do about it, and a closing count. `outcome` ends
 * the sentence "3 mistakes were found…".
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  colour: ChalkInstance,
  outcome = ', nothing was run',
): string {
  const count = diagnostics.length === 1 ? '1 mistake was' : `${diagnostics.length} mistakes were`;
  const blocks = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, colour));
  return `${blocks.join('\n\n')}\n\n${colour.bold.red('error')}: ${count} found${outcome}\n`;
}

function renderDiagnostic({ message, at, notes = [], help = [] }: Diagnostic, colour: ChalkInstance): string {
  const width = at === undefined ? 1 : String(at.line).length;
  const gutter = ' '.repeat(width);
  const remarks = [
    ...notes.map((note) => `${colour.bold('note')}: ${harmlessLines(note)}`),
    ...help.map((line) => `${colour.bold('help')}: ${harmlessLines(line)}`),
  ];
  return [
    `${colour.bold.red('error')}: ${colour.bold(harmlessLines(message))}`,
    ...(at === undefined ? [] : placeLines(at, gutter, colour)),
    ...remarks.map((remark) => `${gutter} ${colour.blue('=')} ${remark.replaceAll(/\n(?=.)/g, `\n${gutter}     `)}`),
  ].join('\n');
}

function placeLines(at: SourcePlace, gutter: string, colour: ChalkInstance): string[] {
  const where = [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
  const arrow = `${gutter}${colour.blue('-->')} ${harmlessLines(where)}`;
  if (at.source === undefined) return [arrow];
  const bar = colour.blue('|');
  const { text, column } = cutOut(harmless(at.source), at.column ?? 1);
  // Tabs stay tabs under the line, so that the caret stands right whatever their width.
  const indent = text.slice(0, column - 1).replace(/[^\t]/g, ' ');
  const length = Math.max(1, Math.min(at.length ?? 1, text.length - column + 1));
  return [
    arrow,
    `${gutter} ${bar}`,
    `${colour.blue(String(at.line))} ${bar} ${text}`,
    `${gutter} ${bar} ${indent}${colour.red('^'.repeat(length))}`,
  ];
}

/** What acts on a terminal or changes the order of letters, replaced character by character: the caret stays right. */
function harmless(line: string): string {
  return line.replace(/(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu, (character) =>
    '\ufffd'.repeat(character.length),
  );
}

/** Characters of a line that are shown. */
const WIDTH = 160;

/** What surrounds a column of a long line, and which column of that it is. */
function cutOut(line: string, column: number): { readonly text: string; readonly column: number } {
  if (line.length <= WIDTH) return { text: line, column };
  const start = Math.max(0, Math.min(column - WIDTH / 2, line.length - WIDTH));
  const before = start > 0 ? '…' : '';
  const after = start + WIDTH < line.length ? '…' : '';
  return { text: `${before}${line.slice(start, start + WIDTH)}${after}`, column: column - start + before.length };
}
