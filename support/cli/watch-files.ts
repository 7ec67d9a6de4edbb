import { existsSync, type FSWatcher, lstatSync, readdirSync, watch } from 'node:fs';
import { join, relative } from 'node:path';
import { EnvironmentError } from '../model/errors.js';

/** How long nothing may change until several changes count as one, in milliseconds. */
const QUIET_MS = 50;
/** Changes are told at the latest after so long, in milliseconds. */
const PATIENCE_MS = 500;
const FOLDER = 'folder';

export interface FileChange {
  /** Relative to the watched folder. */
  readonly path: string;
  readonly kind: 'changed' | 'new' | 'deleted';
}

export interface FilesToWatch {
  /** Absolute path of an existing folder. */
  readonly root: string;
  /** Whether a file or folder counts, and what lies in it; the path is relative. May change its mind. */
  ignores(path: string): boolean;
  /** Called with all changes of a short while, sorted by path; never with none. */
  onChanges(changes: readonly FileChange[]): void;
  /** Called when a folder that has appeared cannot be watched. */
  onError(error: unknown): void;
}

/**
 * Watches the files below a folder. Each folder has a watch of its own: the recursive mode of `fs.watch` would, on Linux, watch
 * every file of `node_modules` too. What an editor writes beside a file and deletes again at once is no change, nor is a
 * file that looks as before (size, time, inode).
 * @throws EnvironmentError when the kernel admits no more watches.
 */
export function watchFiles({ root, ignores, onChanges, onError }: FilesToWatch): { dispose(): void } {
  const known = new Map<string, string>();
  const folders = new Map<string, FSWatcher>();
  const touched = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let touchedSince = 0;

  const touch = (path: string): void => {
    if (touched.size === 0) touchedSince = performance.now();
    touched.add(path);
    clearTimeout(timer);
    const patience = touchedSince + PATIENCE_MS - performance.now();
    timer = setTimeout(tell, Math.max(0, Math.min(QUIET_MS, patience)));
  };

  /** Watches a folder and all in it, and returns the files. */
  const enter = (folder: string): string[] => {
    if (folders.has(folder)) return [];
    try {
      // Before it is read, so that nothing appears unseen in between.
      const watcher = watch(folder, (_event, name) => touch(name === null ? folder : join(folder, name)));
      watcher.on('error', () => leave(folder));
      folders.set(folder, watcher);
      return readdirSync(folder, { withFileTypes: true })
        .map((entry) => ({ entry, path: join(folder, entry.name) }))
        .filter(({ path }) => !ignores(relative(root, path)))
        .flatMap(({ entry, path }) => (entry.isDirectory() ? enter(path) : [path]));
    } catch (error) {
      if (isGone(error)) return [];
      throw watchError(error);
    }
  };

  const leave = (folder: string): void => {
    folders.get(folder)?.close();
    folders.delete(folder);
  };

  const changesAt = (path: string): readonly FileChange[] => {
    const shown = relative(root, path);
    if (ignores(shown)) return [];
    const found = look(path);
    if (found === undefined || found === FOLDER) return changesBelow(path);
    const before = known.get(path);
    if (before === found) return [];
    known.set(path, found);
    return [{ path: shown, kind: before === undefined ? 'new' : 'changed' }];
  };

  /** A folder may be another one of the same name by now, whose watches are yet to be made; or it is gone, or was a file. */
  const changesBelow = (path: string): readonly FileChange[] => {
    const isBelow = (other: string): boolean => other === path || other.startsWith(`${path}/`);
    for (const folder of [...folders.keys()].filter(isBelow)) leave(folder);
    const present = existsSync(path) ? enter(path) : [];
    const lost = [...known.keys()].filter((file) => isBelow(file) && !present.includes(file));
    for (const file of lost) known.delete(file);
    const deleted = lost.map((file) => ({ path: relative(root, file), kind: 'deleted' as const }));
    return [...deleted, ...present.flatMap(changesAt)];
  };

  const tell = (): void => {
    const paths = [...touched];
    touched.clear();
    try {
      const changes = new Map(paths.flatMap(changesAt).map((change) => [change.path, change]));
      if (changes.size > 0) onChanges([...changes.values()].sort((a, b) => (a.path < b.path ? -1 : 1)));
    } catch (error) {
      onError(error);
    }
  };

  const dispose = (): void => {
    clearTimeout(timer);
    for (const folder of [...folders.keys()]) leave(folder);
  };

  try {
    for (const file of enter(root)) {
      const signature = look(file);
      if (signature !== undefined) known.set(file, signature);
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { dispose };
}

/** What tells one state of a file from another; nothing when it is not there. */
function look(path: string): string | undefined {
  try {
    const stats = lstatSync(path);
    return stats.isDirectory() ? FOLDER : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES';
}

/** An error of `fs.watch`, told for whoever can do something about it. */
export function watchError(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EMFILE') return error;
  const folder = path ?? 'this folder';
  return new EnvironmentError(`the kernel admits no more watches; the one for ${folder} was too many`, {
    remedy: 'as root: sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024',
    cause: error,
  });
}
