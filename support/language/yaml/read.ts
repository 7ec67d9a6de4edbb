import { type Document, isScalar } from 'yaml';
import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import { LIMITS } from './limits.js';
import type { YamlNode, YamlPlace } from './node.js';
import { parseDocuments } from './read-documents.js';
import { syntaxMistakes } from './read-mistakes.js';
import { type YamlSource, yamlSource } from './read-source.js';
import { textOf } from './read-text.js';
import { treeOf } from './read-tree.js';

/** One document of a YAML file. */
export interface YamlDocument {
  readonly root: YamlNode;
  readonly at: YamlPlace;
}

export interface YamlFile {
  /** As in the file, without byte order mark. Empty where the file is no text. */
  readonly text: string;
  /** Those of which the structure is certain; values may still be mistaken. Empty where there are none. */
  readonly documents: readonly YamlDocument[];
  /** In the order of the file. With at least one of them nothing may be done with the documents but to look for more. */
  readonly mistakes: readonly Diagnostic[];
}

/**
 * Reads a YAML file (YAML 1.2, core schema). Never throws: whatever the bytes are, they give documents, mistakes with
 * their places, or both, in a time and memory that `LIMITS` bound.
 *
 * @param file how mistakes call the file
 */
export function readYaml(bytes: Uint8Array, file: string): YamlFile {
  const text = textOf(bytes, file);
  if (typeof text !== 'string') return { text: '', documents: [], mistakes: [text] };
  const source = yamlSource(file, text.replaceAll('\r\n', '\n'));
  const parsed = parseDocuments(source.text);
  const { mistakes: wrong, sound } = syntaxMistakes(parsed, source);
  const documents: YamlDocument[] = [];
  const mistakes: Diagnostic[] = [...wrong];
  let budget: number = LIMITS.nodes;
  for (const document of sound) {
    if (isEmpty(document)) {
      mistakes.push(emptyDocument(document, parsed.documents.length, source));
      continue;
    }
    const tree = treeOf(document, source, budget);
    mistakes.push(...tree.mistakes);
    if (tree.root === undefined) break;
    budget -= tree.size;
    documents.push({ root: tree.root, at: tree.root.at });
  }
  return { text, documents, mistakes: sortDiagnostics(mistakes).slice(0, LIMITS.mistakes) };
}

function isEmpty({ contents }: Document.Parsed): boolean {
  return (
    contents === null || (isScalar(contents) && contents.type === 'PLAIN' && contents.source === '' && !contents.tag)
  );
}

function emptyDocument({ range }: Document.Parsed, count: number, source: YamlSource): Diagnostic {
  if (count === 1) {
    return {
      rule: 'empty-file',
      message: 'this file is empty, or holds comments only',
      at: { file: source.file, line: 1 },
      help: ['remove it, or write what it is to hold'],
    };
  }
  const marker = source.text.slice(range[0], range[0] + 3);
  return {
    rule: 'empty-document',
    message: `there is nothing between this "${marker}" and the next, or the end of the file`,
    at: source.diagnosticPlace(source.place(range[0], range[0] + 3)),
    help: [`remove the "${marker}": it separates documents, and each holds something`],
  };
}
