import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '../language/diagnostic.js';
import type { Language } from './compile.js';
import type { Source } from './compile-sources.js';

/** A file to write. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  /** As shown. */
  readonly name: string;
  readonly text: string;
  readonly source: Source;
}

/** The file for the n-th feature of a source, from 0: Gherkin has one feature in a file, YAML may have several. */
export function outputPath(source: Source, index: number, to: Language, folder: string): string {
  const stem = source.below.replace(/\.(feature(\.md)?|ya?ml)$/, '');
  return join(folder, `${stem}${index === 0 ? '' : `-${index + 1}`}${to === 'yaml' ? '.yaml' : '.feature'}`);
}

/** Why these files cannot be written; nothing is written then. */
export function checkOutput(files: readonly OutputFile[], force: boolean): readonly Diagnostic[] {
  const first = new Map<string, OutputFile>();
  return files.flatMap((file): Diagnostic[] => {
    const other = first.get(file.path);
    if (other !== undefined) {
      const message = `"${other.source.name}" and "${file.source.name}" would both become "${file.name}"`;
      return [{ rule: 'same-output', message, help: ['compile them into different folders'] }];
    }
    first.set(file.path, file);
    if (force || !existsSync(file.path)) return [];
    return [{ rule: 'file-exists', message: `"${file.name}" exists already`, help: ['--force overwrites it'] }];
  });
}

export function writeOutput(files: readonly OutputFile[]): void {
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/**
 * The path by which a YAML feature names its schema: that of the project in `cwd` or of the package installed there. Undefined
 * where there is none that would be there on another machine, too.
 */
export function schemaFor(path: string, cwd: string): string | undefined {
  const places = ['schemas', join('node_modules', 'mirrorspec', 'schemas')];
  const found = places.map((place) => resolve(cwd, place, 'feature.schema.json')).find((file) => existsSync(file));
  return found === undefined ? undefined : relative(dirname(path), found).split(sep).join('/');
}
