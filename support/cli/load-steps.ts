import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type ISupportCodeLibrary, loadConfiguration, loadSupport } from '@cucumber/cucumber/api';
import type { Diagnostic } from '../language/diagnostic.js';
import { readProject } from '../language/settings/index.js';
import { placeIn } from '../language/source-text.js';
import { messageOf } from '../model/errors.js';
import { InvalidInput } from './invalid-input.js';
import { escapeGlob, ownStepModules, shown } from './project.js';
import { isTypeScript, stepFiles } from './step-files.js';
import { typeScriptLoaders, typeScriptMistakes } from './typescript.js';

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
  // Mistakes in the configuration are told by the commands; without it the steps are in their default folder.
  const { config } = await readProject(cwd);
  const folders = config.steps.map((folder) => resolve(cwd, folder));
  const files = stepFiles(folders, cwd);
  const { runConfiguration } = await loadConfiguration(
    {
      file: false,
      provided: {
        import: [...ownStepModules(), ...files.map(escapeGlob)],
        loader: files.some(isTypeScript) ? typeScriptLoaders() : [],
      },
    },
    { cwd },
  );
  try {
    return await withoutEcho(() => loadSupport(runConfiguration, { cwd }));
  } catch (error) {
    const mistakes = await mistakesIn(files, error, cwd);
    throw mistakes.length === 0 ? error : new InvalidInput(mistakes);
  }
}

/**
 * Where a module imports a CommonJS module that throws, Node.js 20 rejects a second promise with the same error, which nobody
 * can handle: it would end the process with a stack trace of Node's own.
 */
async function withoutEcho<Result>(load: () => Promise<Result>): Promise<Result> {
  let failure: { readonly error: unknown } | undefined;
  const onRejection = (reason: unknown): void => {
    if (failure === undefined || reason !== failure.error) throw reason;
  };
  const onHandledLater = (): void => {}; // It would be a warning, when the module is imported once more.
  process.on('unhandledRejection', onRejection).on('rejectionHandled', onHandledLater);
  try {
    return await load();
  } catch (error) {
    failure = { error };
    await nextTurn(); // The second rejection is reported after the first.
    throw error;
  } finally {
    process.off('unhandledRejection', onRejection).off('rejectionHandled', onHandledLater);
  }
}

/** Why the project's files cannot be loaded; nothing where they have no part in it. */
async function mistakesIn(files: readonly string[], error: unknown, cwd: string): Promise<readonly Diagnostic[]> {
  const typeScript = await typeScriptMistakes(files.filter(isTypeScript), cwd);
  if (typeScript.length > 0) return typeScript;
  const culprit = mentionedIn(error, files) ?? syntaxErrorIn(error, files) ?? (await importerOf(error, files));
  if (culprit === undefined) return [];
  const { file, line, column } = culprit;
  const name = shown(file, cwd);
  if (messageOf(error).includes("on an instance of Cucumber that isn't running")) return [twoCopies(name)];
  const reason = `${nameOf(error)}: ${messageOf(error).replaceAll(file, name).replaceAll(join(cwd, '/'), '')}`;
  return [
    {
      message: `${name} cannot be loaded: ${reason}`,
      ...(line === undefined
        ? { notes: thrownAt(error, cwd) }
        : { at: placeIn(readFileSync(file, 'utf8'), name, line, column ?? 1) }),
      help: helpWithImport(messageOf(error), cwd),
    },
  ];
}

/** The place of an error that arose in what the project imports. */
function thrownAt(error: unknown, cwd: string): readonly string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, file, place] = /^ +at (?:.*\()?(?:file:\/\/)?(\/[^)]*?)(:\d+:\d+)\)?$/m.exec(stack) ?? [];
  return file === undefined ? [] : [`it arose at ${shown(file, cwd)}${place}`];
}

/** Steps register with the copy of cucumber-js that their own `mirrorspec` brings, and it is not the one that runs. */
function twoCopies(name: string): Diagnostic {
  return {
    message: `${name} cannot be loaded: the mirrorspec that was started is not the one that it imports`,
    help: ['start the one of the project: npx mirrorspec'],
  };
}

/** What to do about a module that is not there. */
function helpWithImport(reason: string, cwd: string): readonly string[] {
  const [, missing] = /^Cannot find module '([^']*\.[cm]?js)'/.exec(reason) ?? [];
  const source = missing?.replace(/js$/, 'ts');
  if (source !== undefined && existsSync(source)) {
    return [`there is ${shown(source, cwd)}: TypeScript is loaded as it is, so import it by that name`];
  }
  const [, name] = /^Cannot find package '([^']+)'/.exec(reason) ?? [];
  return name === undefined ? [] : [`get it: npm install ${name}`];
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

/** The project's file that imports, directly or not, what cannot be loaded: its own import fails again, as Node.js keeps failures. */
async function importerOf(error: unknown, files: readonly string[]): Promise<Culprit | undefined> {
  for (const file of files) {
    const failure = await withoutEcho(() => import(pathToFileURL(file).href)).then(
      () => undefined,
      (reason: unknown) => ({ reason }),
    );
    if (failure !== undefined) return failure.reason === error ? { file } : undefined;
  }
  return undefined;
}

/** Node.js tells where a syntax error is only when nobody catches it, so that each file has to be asked for again. */
function syntaxErrorIn(error: unknown, files: readonly string[]): Culprit | undefined {
  if (!(error instanceof SyntaxError)) return undefined;
  for (const file of files.filter((each) => !isTypeScript(each))) {
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
