import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ISupportCodeLibrary, loadConfiguration, loadSupport } from '@cucumber/cucumber/api';
import { placeIn } from '../language/source-text.js';
import { messageOf } from '../model/errors.js';
import { InvalidInput } from './invalid-input.js';
import { PACKAGE_ROOT, projectSteps, shown, stepModules } from './project.js';

let loaded: Promise<ISupportCodeLibrary> | undefined;

/**
 * Loads World, hooks and steps: the package's own and those of the project in `cwd`. Modules are evaluated once in a
 * process, so a process has one library of steps.
 */
export function loadSteps(cwd: string): Promise<ISupportCodeLibrary> {
  loaded ??= load(cwd);
  return loaded;
}

async function load(cwd: string): Promise<ISupportCodeLibrary> {
  const { runConfiguration } = await loadConfiguration(
    { file: false, provided: { import: stepModules(cwd) } },
    { cwd },
  );
  try {
    return await loadSupport(runConfiguration, { cwd });
  } catch (error) {
    const files = projectFiles(projectSteps(cwd));
    const culprit = mentionedIn(error, files) ?? syntaxErrorIn(error, files);
    if (culprit === undefined) throw error;
    const { file, line, column } = culprit;
    const name = shown(file, cwd);
    const reason = `${nameOf(error)}: ${messageOf(error).replaceAll(file, name)}`;
    const at = line === undefined ? undefined : placeIn(readFileSync(file, 'utf8'), name, line, column ?? 1);
    throw new InvalidInput([{ message: `${name} cannot be loaded: ${reason}`, ...(at === undefined ? {} : { at }) }]);
  }
}

interface Culprit {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** The project's file in which the error arose, or while which was imported. */
function mentionedIn(error: unknown, files: readonly string[]): Culprit | undefined {
  const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : '';
  const file = files.find((candidate) => text.includes(candidate));
  if (file === undefined) return undefined;
  const [, line, column] = /^:(\d+)(?::(\d+))?/.exec(text.slice(text.indexOf(`${file}:`) + file.length)) ?? [];
  return {
    file,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  };
}

/** Node.js tells where a syntax error is only when nobody catches it, so that each file has to be asked for again. */
function syntaxErrorIn(error: unknown, files: readonly string[]): Culprit | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  for (const file of files) {
    const { status, stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
    if (status === 0) continue;
    const [place = '', , caret = ''] = stderr.split('\n');
    const line = /:(\d+)$/.exec(place)?.[1];
    return { file, ...(line === undefined ? {} : { line: Number(line), column: caret.indexOf('^') + 1 || 1 }) };
  }
  return undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

function projectFiles(folder: string): string[] {
  if (!existsSync(folder) || folder === join(PACKAGE_ROOT, 'steps')) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?js$/.test(name))
    .map((name) => join(folder, name));
}
