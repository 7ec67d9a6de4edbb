import { existsSync, statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { isYamlFeature } from '../language/yaml/feature-path.js';
import { REPORT_FILES, STAGING } from './report-directory.js';
import type { FileChange } from './watch-files.js';

/** What has to run again: paths as the command line of `run` takes them, or everything that it selects. */
export type Rerun = 'everything' | readonly string[];

/** What a watched run selects, and where it writes. */
export interface WatchedSelection {
  /** Files, folders, globs or `file:line` as the user gave them. */
  readonly paths: readonly string[];
  /** Relative to the project; empty when it is the project's own folder. */
  readonly reportDir: string;
}

/** Whether a file or folder is nobody's source: what packages, version control, builds and runs write. */
export function isIgnored(path: string, { reportDir }: WatchedSelection): boolean {
  const parts = path.split(sep);
  if (parts.includes('node_modules') || parts.includes('.git')) return true;
  const written = ['dist', 'reports', ...(reportDir === '' ? REPORT_FILES : [reportDir])];
  if (written.some((name) => path === name || path.startsWith(`${name}${sep}`))) return true;
  return parts.some((part) => part.startsWith(STAGING));
}

/**
 * What a change makes run again: a feature file its own scenarios, as far as they are selected; any other file, be it a step, a
 * workload or a setting, everything.
 */
export function rerunFor({ path, kind }: FileChange, selection: WatchedSelection, cwd: string): Rerun {
  if (!isFeature(path, selection, cwd)) return 'everything';
  const file = resolve(cwd, path);
  const given = selection.paths.map((argument) => ({ argument, ...split(argument, cwd) }));
  const itself = given.filter(({ target }) => target === file);
  // Lines narrow a file down, also where its folder is given too.
  const lines = itself.filter(({ line }) => line);
  if (itself.length > 0) return (lines.length > 0 ? lines : itself).map(({ argument }) => argument);
  if (given.some(({ any }) => any)) return 'everything';
  const isSelected = given.some(({ target }) => file.startsWith(`${target}${sep}`));
  return isSelected && kind !== 'deleted' ? [path] : [];
}

/** Both; without those of files that are gone. A file that the command line names stays, so that its absence is a mistake. */
export function both(one: Rerun, other: Rerun): Rerun {
  if (one === 'everything' || other === 'everything') return 'everything';
  return [...new Set([...one, ...other])];
}

export function withoutDeleted(rerun: Rerun, selection: WatchedSelection, cwd: string): Rerun {
  if (rerun === 'everything') return rerun;
  return rerun.filter((path) => selection.paths.includes(path) || existsSync(join(cwd, path)));
}

/** YAML is told apart by its folder, as in a run. */
function isFeature(path: string, selection: WatchedSelection, cwd: string): boolean {
  if (/\.feature(\.md)?$/.test(path)) return true;
  if (!isYamlFeature(path)) return false;
  const file = resolve(cwd, path);
  if (selection.paths.some((argument) => split(argument, cwd).target === file)) return true;
  const roots = ['features', ...selection.paths.filter((argument) => isFolder(resolve(cwd, argument)))];
  return roots.some((root) => file.startsWith(`${resolve(cwd, root)}${sep}`));
}

/** A glob or a list of paths (`@file`) may mean any file. */
function split(argument: string, cwd: string): { target: string; line: boolean; any: boolean } {
  const [, file = argument, lines = ''] = /^(.*?)((?::\d+)*)$/.exec(argument) ?? [];
  const target = resolve(cwd, file);
  return { target, line: lines !== '', any: /^@|[*?{[]/.test(file) && !existsSync(target) };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
