import { type Document, isScalar } from 'yaml';
import type { Diagnostic } from '../diagnostic.js';
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
  const { documents: parsed, refusal } = parseDocuments(source.text);
  const documents: YamlDocument[] = [];
  const mistakes: Diagnostic[] = [];
  let budget: number = LIMITS.nodes;
  for (const document of parsed) {
    const broken = syntaxMistakes([...document.errors, ...document.warnings], source);
    mistakes.push(...broken);
    if (broken.length > 0) continue;
    if (isEmpty(document)) {
      mistakes.push(emptyDocument(document, parsed.length, source));
      continue;
    }
    const tree = treeOf(document, source, budget);
    mistakes.push(...tree.mistakes);
    if (tree.root === undefined) break;
    budget -= tree.size;
    documents.push({ root: tree.root, at: tree.root.at });
  }
  if (refusal !== undefined) {
    mistakes.push({
      rule: 'nested-too-deep',
      message: `this is nested more than ${LIMITS.depth} levels deep`,
      at: source.diagnosticPlace(source.place(refusal.offset, refusal.offset + 1)),
    });
  }
  return { text, documents, mistakes };
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
  return {
    rule: 'empty-document',
    message: 'there is nothing between this "---" and the next, or the end of the file',
    at: source.diagnosticPlace(source.place(range[0], range[0] + 3)),
    help: ['remove the "---": it separates documents, and each holds something'],
  };
}
