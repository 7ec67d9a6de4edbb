import { visibleLines, visibleText } from '../../model/visible-text.js';
import type { Diagnostic } from '../diagnostic.js';

/**
 * Mistakes as workflow commands of GitHub Actions, one line each, which GitHub shows beside the line of a pull request.
 * `pathOf` makes of a file's name the path within the repository.
 */
export function githubAnnotations(mistakes: readonly Diagnostic[], pathOf: (file: string) => string): string {
  return mistakes.map((mistake) => `${annotation(mistake, pathOf)}\n`).join('');
}

function annotation(
  { rule, message, at, notes = [], help = [] }: Diagnostic,
  pathOf: (file: string) => string,
): string {
  const column = at?.column;
  const properties: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['file', at === undefined ? undefined : pathOf(at.file)],
    ['line', at?.line],
    ['col', column],
    ['endColumn', column === undefined ? undefined : column + (at?.length ?? 1)],
    ['title', rule === undefined ? 'mirrorspec' : `mirrorspec: ${visibleText(rule)}`],
  ];
  const given = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(value)}`],
  );
  const text = [message, ...notes.map((note) => `note: ${note}`), ...help.map((line) => `help: ${line}`)].join('\n');
  return `::error ${given.join(',')}::${escapeData(visibleLines(text))}`;
}

/** As `@actions/core` escapes them (command.ts, escapeData and escapeProperty). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(value: string | number): string {
  return escapeData(String(value)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
