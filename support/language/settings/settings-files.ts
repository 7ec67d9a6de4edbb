import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import type { YamlEntry, YamlPlace } from '../yaml/node.js';

/** A file and what mistakes call it. */
export interface ShownFile {
  readonly path: string;
  readonly shown: string;
}

/** The folders of settings below a folder of features. */
export type SettingsKind = 'environments' | 'limitations' | 'gates';

/** The files of one kind of a project, in the order of their names. */
export function settingsFiles(kind: SettingsKind, features: readonly string[], cwd: string): ShownFile[] {
  return features.flatMap((folder) => {
    const directory = resolve(cwd, folder, kind);
    if (!existsSync(directory)) return [];
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && /\.ya?ml$/.test(entry.name))
      .map(({ name }) => join(directory, name))
      .sort()
      .map((path) => ({ path, shown: shownPath(path, cwd) }));
  });
}

/** A path as it is shown: relative where it lies below `cwd`. */
export function shownPath(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below === '..' || below.startsWith(`..${sep}`) ? path : below;
}

/** What is wrong with a day that looks like one: `2026-02-30`. */
export function wrongDay(entry: YamlEntry | undefined, place: (at: YamlPlace) => SourcePlace): Diagnostic[] {
  if (entry?.value.kind !== 'scalar') return [];
  const day = String(entry.value.value);
  const date = new Date(`${day}T00:00:00Z`);
  if (!Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)) return [];
  return [
    { rule: 'settings', message: `there is no day ${day}`, at: place(entry.value.at), help: ['write YYYY-MM-DD'] },
  ];
}
