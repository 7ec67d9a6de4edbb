import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, UserError } from '../../model/errors.js';
import { PACKAGE_ROOT, shown } from '../project.js';
import { mergedPackage, newPackage, type OwnPackage } from './package-json.js';
import { projectFiles, type StepLanguage } from './templates.js';

export interface ProjectRequest {
  readonly cwd: string;
  /** As given by the user. */
  readonly folder: string;
  readonly language: StepLanguage;
  /** Write over files of the same name. package.json is never written over: what is missing is added. */
  readonly force: boolean;
}

/** What was done. Paths are relative to the project. */
export interface MadeProject {
  /** Absolute. */
  readonly root: string;
  readonly made: readonly string[];
  /** They were there, or another file that does the same. */
  readonly leftAlone: readonly string[];
  /** What was put into a package.json that was there, for example `scripts.test`. */
  readonly added: readonly string[];
  /** Whether `npm install` has something to do. */
  readonly needsInstall: boolean;
  /** Whether the files are there that tell editors of the project's steps. */
  readonly editorKnowsSteps: boolean;
}

/**
 * Makes a project, or adds to one what it lacks.
 * @throws {UserError} where something cannot be written, or package.json is not to be understood.
 */
export function makeProject({ cwd, folder, language, force }: ProjectRequest): MadeProject {
  const root = resolve(cwd, folder);
  if (existsSync(root) && !statSync(root).isDirectory()) throw new UserError(`"${folder}" is a file, not a folder`);
  const name = (path: string): string => shown(join(root, path), cwd);
  const own = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as OwnPackage;
  const before = readIfThere(join(root, 'package.json'), name('package.json'));
  const manifest =
    before === undefined
      ? newPackage(basename(root), own, language)
      : mergedPackage(before, name('package.json'), own, language);

  const made: string[] = [];
  const leftAlone: string[] = [];
  const put = (path: string, content: string): void => {
    writeProjectFile(root, path, content, cwd);
    made.push(path);
  };
  if (before === undefined) put('package.json', manifest.text);
  else if (manifest.added.length > 0) writeProjectFile(root, 'package.json', manifest.text, cwd);
  for (const { path, content, sameAs } of projectFiles({ language, esModules: manifest.esModules })) {
    const twin = sameAs.find((other) => existsSync(join(root, other)));
    if (twin !== undefined) leftAlone.push(twin);
    else if (!force && existsSync(join(root, path))) leftAlone.push(path);
    else put(path, content);
  }
  const needsInstall = before === undefined || manifest.added.some((each) => each.startsWith('devDependencies.'));
  return { root, made, leftAlone, added: manifest.added, needsInstall, editorKnowsSteps: false };
}

function readIfThere(file: string, name: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UserError(`${name} cannot be read: ${reasonOf(error)}`);
  }
}

/** @throws {UserError} where it cannot be written. */
export function writeProjectFile(root: string, path: string, content: string, cwd: string): void {
  const file = join(root, path);
  try {
    makeFolder(dirname(file));
    writeFileSync(file, content);
  } catch (error) {
    throw new UserError(`${shown(file, cwd)} cannot be written: ${reasonOf(error)}`);
  }
}

/** Node's own `recursive` never ends where a folder can be found but nothing made in it, as in /proc (libuv says ENOENT). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  ENOENT: 'its folder cannot be made',
};

function reasonOf(error: unknown): string {
  return REASONS[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
}
