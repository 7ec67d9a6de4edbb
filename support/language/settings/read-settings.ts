import { readFile } from 'node:fs/promises';
import { messageOf } from '../../model/errors.js';
import { type Diagnostic, type SourcePlace, sortDiagnostics } from '../diagnostic.js';
import { placeIn } from '../source-text.js';
import type { YamlMapping, YamlPlace } from '../yaml/node.js';
import type { Schema } from './schema.js';

/** One document of a settings file that its schema admits. */
export interface SettingsDocument {
  readonly root: YamlMapping;
  place(at: YamlPlace): SourcePlace;
}

export interface SettingsFile {
  /** Empty where there are mistakes. */
  readonly documents: readonly SettingsDocument[];
  readonly mistakes: readonly Diagnostic[];
}

/**
 * Reads a YAML file of settings and checks it with its schema. Never throws.
 * @param shown how mistakes call the file
 * @param allows `one` document, or any number of them
 */
export async function readSettings(
  path: string,
  shown: string,
  schema: Schema,
  allows: 'one' | 'several',
): Promise<SettingsFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return {
      documents: [],
      mistakes: [{ rule: 'unreadable-file', message: `${shown} cannot be read: ${reasonOf(error)}` }],
    };
  }
  return settingsIn(bytes, shown, schema, allows);
}

export async function settingsIn(
  bytes: Uint8Array,
  shown: string,
  schema: Schema,
  allows: 'one' | 'several',
): Promise<SettingsFile> {
  // The parser and the validator take 0.1 s to load: projects without any settings do not pay for them.
  const [{ readYaml }, { checkAgainstSchema }] = await Promise.all([
    import('../yaml/read.js'),
    import('../yaml/schema-check.js'),
  ]);
  const { documents, text, mistakes } = readYaml(bytes, shown);
  const place = (at: YamlPlace): SourcePlace => placeIn(text, shown, at.line, at.column, at.length);
  const all = [...mistakes, ...documents.flatMap(({ root }) => checkAgainstSchema(schema, root, place))];
  const surplus = allows === 'one' ? documents[1] : undefined;
  if (surplus !== undefined) {
    all.push({
      rule: 'several-documents',
      message: 'this file holds one document, and here begins a second',
      at: place({ ...surplus.at, length: 1 }),
      help: ['put it into a file of its own'],
    });
  }
  if (all.length > 0) return { documents: [], mistakes: sortDiagnostics(all) };
  return {
    documents: documents.flatMap(({ root }) => (root.kind === 'mapping' ? [{ root, place }] : [])),
    mistakes: [],
  };
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR') return 'it is a folder';
  return code === 'EACCES' ? 'permission denied' : messageOf(error);
}
