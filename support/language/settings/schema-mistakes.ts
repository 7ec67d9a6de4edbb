import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { DURATION_PATTERN } from '../../model/duration.js';
import { nearest } from '../../model/nearest.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import type { Diagnostic, SourcePlace } from '../diagnostic.js';
import { entryOf, plainValue, type YamlNode, type YamlPlace } from '../yaml/node.js';
import type { Schema } from './schema.js';

type Found = ErrorObject<string, Record<string, unknown>, unknown>;

const validators = new WeakMap<Schema, ValidateFunction>();

/** What a schema of settings finds wrong with a document, each mistake at the node that has to be changed. */
export function schemaMistakes(root: YamlNode, schema: Schema, place: (at: YamlPlace) => SourcePlace): Diagnostic[] {
  const validate = validatorOf(schema);
  if (validate(plainValue(root))) return [];
  return withoutAlternatives((validate.errors ?? []) as Found[], root).map((error) => diagnosticOf(error, root, place));
}

function validatorOf(schema: Schema): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = new Ajv2020({ allErrors: true, strict: true, verbose: true }).compile(schema);
    validators.set(schema, validate);
  }
  return validate;
}

/**
 * Where one of several forms is allowed (`anyOf`), Ajv tells what is wrong with each of them. A mapping can only be meant as
 * the form that is a mapping; anything else is told once, by what it could be.
 */
function withoutAlternatives(errors: readonly Found[], root: YamlNode): Found[] {
  const alternatives = errors.filter(({ keyword }) => keyword === 'anyOf');
  return errors.filter((error) => {
    const owner = alternatives.find(
      ({ schemaPath, instancePath }) =>
        error.schemaPath.startsWith(`${schemaPath}/`) && error.instancePath.startsWith(instancePath),
    );
    if (error.keyword === 'anyOf') return nodeAt(root, error.instancePath).kind !== 'mapping';
    if (owner === undefined) return true;
    if (nodeAt(root, owner.instancePath).kind !== 'mapping') return false;
    return !['enum', 'const', 'type'].includes(error.keyword) || error.instancePath !== owner.instancePath;
  });
}

function diagnosticOf(error: Found, root: YamlNode, place: (at: YamlPlace) => SourcePlace): Diagnostic {
  const node = nodeAt(root, error.instancePath);
  const at = (of: YamlPlace): { readonly at: SourcePlace } => ({ at: place(of) });
  const { keyword, params, parentSchema = {} } = error;
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      const known = keysOf(parentSchema);
      const near = nearest(key, known);
      return {
        rule: 'unknown-key',
        message: `there is no "${visibleExcerpt(key, 40)}" here`,
        ...at(entryOf(node, key)?.keyAt ?? node.at),
        help: [
          ...(near === undefined ? [] : [`did you mean "${near}"?`]),
          ...nestedInstead(key, known),
          `it can be: ${known.join(', ')}`,
        ],
      };
    }
    case 'required': {
      const key = String(params.missingProperty);
      return {
        rule: 'missing-key',
        message: `"${key}" is missing here`,
        ...at({ ...node.at, length: 1 }),
        ...helpOf(describe((parentSchema.properties as Record<string, Schema> | undefined)?.[key])),
      };
    }
    case 'minProperties':
      return {
        rule: 'missing-key',
        message: 'something is missing here',
        ...at({ ...node.at, length: 1 }),
        help: [
          `it can be: ${keysOf(parentSchema)
            .filter((key) => entryOf(node, key) === undefined)
            .join(', ')}`,
        ],
      };
    case 'minItems':
      return { rule: 'settings', message: 'the list is empty', ...at(node.at), help: ['remove it, or add an item'] };
    case 'uniqueItems':
      return { rule: 'settings', message: 'the list has an item twice', ...at(node.at), help: ['remove one of them'] };
    default:
      return { rule: 'settings', message: messageOf(error, node), ...at(node.at), ...helpOf(helpFor(error, node)) };
  }
}

/** `timeouts.delivery` is how the command line writes it. */
function nestedInstead(key: string, known: readonly string[]): string[] {
  const [first = '', ...rest] = key.split('.');
  if (rest.length === 0 || !known.includes(first)) return [];
  return [
    `write one mapping in the other: ${first}: ${rest.reduceRight((inner, part) => `{ ${part}: ${inner} }`, '…')}`,
  ];
}

function messageOf({ keyword, params, parentSchema = {} }: Found, node: YamlNode): string {
  const wanted = parentSchema.pattern === DURATION_PATTERN ? 'a duration' : (kinds[String(params.type)] ?? 'this');
  switch (keyword) {
    case 'type':
      return `${wanted} is needed here, and this is ${kindOf(node)}`;
    case 'pattern':
      return parentSchema.pattern === DURATION_PATTERN
        ? `${written(node)} is no duration`
        : `${written(node)} cannot stand here`;
    case 'minimum':
      return `${written(node)} is too little`;
    case 'maximum':
      return `${written(node)} is too much`;
    default:
      return `${node.kind === 'scalar' ? written(node) : kindOf(node)} cannot stand here`;
  }
}

function helpFor({ keyword, params, parentSchema = {} }: Found, node: YamlNode): readonly string[] {
  switch (keyword) {
    case 'type':
      return insteadOf(node, String(params.type), parentSchema);
    case 'minimum':
      return [`give ${params.limit} or more`];
    case 'maximum':
      return [`give ${params.limit} or less`];
    case 'enum':
    case 'const':
    case 'anyOf': {
      const words = wordsOf(parentSchema);
      const near = node.kind === 'scalar' ? nearest(node.source, words) : undefined;
      const mapping = formsOf(parentSchema).find(({ type }) => type === 'object');
      const keys = keysOf(mapping ?? {});
      return [
        ...(near === undefined ? [] : [`did you mean ${near}?`]),
        `it can be: ${[...words, ...(keys.length === 0 ? [] : [`a mapping with ${keys.join(' and ')}`])].join(', ')}`,
      ];
    }
    case 'pattern':
      return parentSchema.pattern === DURATION_PATTERN
        ? ['write a number and its unit, for example 100 ms, 5 s or 2 min']
        : describe(parentSchema);
    default:
      return describe(parentSchema);
  }
}

/** How to write a value of another kind that was meant. */
function insteadOf(node: YamlNode, type: string, schema: Schema): readonly string[] {
  const scalar = node.kind === 'scalar' && node.value !== null ? node : undefined;
  if (type === 'object' && schema.description === undefined) return [`it can be: ${keysOf(schema).join(', ')}`];
  if (scalar !== undefined && type === 'array') return [`write a list: [${scalar.source}]`];
  if (scalar === undefined || type !== 'string') return briefly(schema);
  if (schema.pattern === DURATION_PATTERN) {
    return [`write it with its unit: ${scalar.source} ms, ${scalar.source} s or ${scalar.source} min`];
  }
  const fits = new RegExp(String(schema.pattern ?? '')).test(scalar.source);
  return fits ? [`quote it: "${scalar.source}"`] : briefly(schema);
}

function keysOf(schema: Schema): string[] {
  return Object.keys((schema.properties ?? {}) as object);
}

/** The forms of which a value may have one. */
function formsOf(schema: Record<string, unknown>): readonly Record<string, unknown>[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}

function wordsOf(schema: Record<string, unknown>): string[] {
  return formsOf(schema).flatMap((form) => {
    if (Array.isArray(form.enum)) return form.enum.map(String);
    if (form.const !== undefined) return [String(form.const)];
    return form.type === 'integer' ? [`a whole number from ${form.minimum} to ${form.maximum}`] : [];
  });
}

/** Examples where there are some, for somebody who knows what it is about. */
function briefly(schema: Schema): readonly string[] {
  return Array.isArray(schema.examples) ? [`for example: ${schema.examples.join(', ')}`] : describe(schema);
}

function describe(schema: Schema | undefined): readonly string[] {
  const { title, description, examples } = (schema ?? {}) as {
    readonly title?: string;
    readonly description?: string;
    readonly examples?: readonly unknown[];
  };
  return [
    ...(description === undefined ? [] : [`${title === undefined ? '' : `${title}: `}${description}`]),
    ...(examples === undefined ? [] : [`for example: ${examples.join(', ')}`]),
  ];
}

function helpOf(help: readonly string[]): { readonly help?: readonly string[] } {
  return help.length === 0 ? {} : { help };
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  object: 'a mapping',
  array: 'a list',
};

function kindOf(node: YamlNode): string {
  if (node.kind === 'mapping') return 'a mapping';
  if (node.kind === 'sequence') return 'a list';
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return `the text ${written(node)}`;
  return `the ${typeof node.value === 'object' ? 'binary value' : typeof node.value} ${visibleExcerpt(node.source, 40)}`;
}

function written(node: YamlNode): string {
  if (node.kind !== 'scalar') return kindOf(node);
  const text = visibleExcerpt(node.source, 60);
  return typeof node.value === 'number' ? text : `"${text}"`;
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
