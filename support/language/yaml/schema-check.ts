import { type Diagnostic, type SourcePlace, sortDiagnostics } from '../diagnostic.js';
import { LIMITS } from './limits.js';
import type { YamlNode, YamlPlace } from './node.js';
import { findingsOf } from './schema-check-findings.js';
import { mistakeOf } from './schema-check-mistake.js';
import type { Schema } from './schema-check-schema.js';

/**
 * What a JSON Schema (2020-12) finds wrong with a document, each mistake at the node or key that has to be changed and in
 * words that need no knowledge of the schema: its titles, descriptions and examples are what a reader gets to see.
 *
 * Only causes are told: where a value may have several forms, what is wrong with the one that was most likely meant. In
 * the order of the file, at most `LIMITS.mistakes`. Throws where the schema is none that Ajv takes in strict mode.
 *
 * @param place makes a place in the file at hand
 */
export function checkAgainstSchema(
  schema: Schema,
  root: YamlNode,
  place: (at: YamlPlace) => SourcePlace,
): Diagnostic[] {
  const findings = [...findingsOf(schema, root)].sort((a, b) => order(a.node.at, b.node.at));
  const mistakes = new Map<string, Diagnostic>();
  for (const finding of findings) {
    if (mistakes.size >= LIMITS.mistakes) break;
    const { at, ...mistake } = mistakeOf(finding);
    // What an alias repeats is checked wherever it stands, and told once.
    mistakes.set(`${at.line}:${at.column}:${mistake.message}`, { ...mistake, at: place(at) });
  }
  return sortDiagnostics([...mistakes.values()]);
}

function order(a: YamlPlace, b: YamlPlace): number {
  return a.line - b.line || a.column - b.column;
}
