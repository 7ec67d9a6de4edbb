import { entryOf, plainValue, type YamlNode } from './node.js';
import { keysOf } from './schema-check-description.js';
import { formMeant } from './schema-check-forms.js';
import { keyMeant } from './schema-check-keys.js';
import {
  type Schema,
  type SchemaError,
  type Thoroughness,
  type Validation,
  validationOf,
} from './schema-check-schema.js';

/** One thing that a schema finds wrong with a node. */
export interface Finding {
  readonly node: YamlNode;
  /** Ajv's keyword; `anyOf` and `oneOf` where a value has none of several forms and none of them is likely. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The schema that has the keyword. */
  readonly schema: Schema;
  readonly validation: Validation;
}

/** Nodes of a document up to which all that is wrong is looked for: Ajv cannot be told to stop after some. */
const LARGE = 10_000;

/** What is wrong and not a consequence of something else that is wrong, in no order. */
export function findingsOf(root: Schema, node: YamlNode): readonly Finding[] {
  const thoroughness = sizeOf(node, LARGE) < LARGE ? 'all' : 'first';
  return causes(findingsIn(root, node, plainValue(node), validationOf(root), thoroughness));
}

function findingsIn(
  part: Schema,
  node: YamlNode,
  data: unknown,
  validation: Validation,
  thoroughness: Thoroughness,
): Finding[] {
  const errors = validation.errorsOf(part, data, thoroughness);
  const findings: Finding[] = [];
  for (let index = errors.length - 1; index >= 0; index--) {
    const { keyword, params, schema, parentSchema, data: value, instancePath } = errors[index] as SchemaError;
    const at = nodeAt(node, instancePath);
    if (keyword === 'anyOf' || (keyword === 'oneOf' && params.passingSchemas === null)) {
      const forms = schema as readonly Schema[];
      // What is wrong with each form stands before this, and is told for the form that was meant alone.
      for (const form of forms) index -= validation.errorsOf(form, value, thoroughness).length;
      const meant = formMeant(forms, value, validation);
      if (meant !== undefined) {
        findings.push(...findingsIn(meant, at, value, validation, thoroughness));
        continue;
      }
    }
    if (keyword === 'propertyNames') {
      while (index > 0 && errors[index - 1]?.propertyName === params.propertyName) index--;
    }
    // The error of what follows from "if" says more.
    if (keyword !== 'if') findings.push({ node: at, keyword, params, schema: parentSchema as Schema, validation });
  }
  return findings;
}

/**
 * Without what follows from something else: a value of the wrong type fits nothing else that is asked of it either, and
 * a key that is misspelt is missing.
 */
function causes(findings: readonly Finding[]): Finding[] {
  const wrongType = new Set<YamlNode>();
  const misspelt = new Map<YamlNode, Set<string>>();
  for (const { keyword, node, params, schema } of findings) {
    if (keyword === 'type') wrongType.add(node);
    if (keyword !== 'additionalProperties') continue;
    const meant = keyMeant(String(params.additionalProperty), keysOf(schema));
    if (meant !== undefined) misspelt.set(node, (misspelt.get(node) ?? new Set()).add(meant));
  }
  return findings.filter(({ keyword, node, params }) => {
    if (keyword === 'required') return misspelt.get(node)?.has(String(params.missingProperty)) !== true;
    return keyword === 'type' || !wrongType.has(node);
  });
}

/** The node that a JSON pointer leads to; the nearest above it where it leads nowhere. */
function nodeAt(root: YamlNode, pointer: string): YamlNode {
  let node = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const next = node.kind === 'sequence' ? node.items[Number(key)] : entryOf(node, key)?.value;
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** How many nodes there are, aliases followed; no more than `limit` are counted. */
function sizeOf(node: YamlNode, limit: number): number {
  if (node.kind === 'scalar') return 1;
  let size = 1;
  for (const child of node.kind === 'sequence' ? node.items : node.entries.map(({ value }) => value)) {
    if (size >= limit) return size;
    size += sizeOf(child, limit - size);
  }
  return size;
}
