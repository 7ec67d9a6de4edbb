import { DURATION_PATTERN } from '../../model/duration.js';
import { nearest } from '../../model/nearest.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import type { YamlNode, YamlScalar } from './node.js';
import {
  describe,
  describeBriefly,
  formsInWords,
  inYaml,
  keysOf,
  listed,
  valuesOf,
} from './schema-check-description.js';
import type { Finding } from './schema-check-findings.js';
import type { Words } from './schema-check-mistake.js';
import type { Schema } from './schema-check-schema.js';

export function wrongType({ node, params, schema, validation }: Finding): Words {
  const types = [params.type].flat().map(String);
  const isDuration = schema.pattern === DURATION_PATTERN;
  const wanted = isDuration ? 'a duration' : types.map((type) => TYPES[type] ?? type).join(' or ');
  const message = `${wanted} is needed here, and this is ${kindOf(node)}`;
  const scalar = node.kind === 'scalar' && node.value !== null ? node : undefined;
  const shown = visibleExcerpt(scalar?.source ?? '', 30);
  const help = (): string[] => {
    if (types.includes('object') && schema.description === undefined) return listed(keysOf(schema));
    if (scalar === undefined) return describeBriefly(schema);
    if (types.includes('array')) return [`write a list: [${visibleExcerpt(scalar.source, 60)}]`];
    if (types.includes('string')) {
      if (isDuration) return [`write it with its unit: ${shown} ms, ${shown} s or ${shown} min`];
      return admitsText(scalar.source, schema, validation) ? quoteIt(scalar) : describeBriefly(schema);
    }
    return [...withoutQuotes(scalar, types), ...describeBriefly(schema)];
  };
  return { rule: 'wrong-type', message, help: help() };
}

/** A value of a list of values, or one that has none of several forms. */
export function noSuchValue({ node, keyword, params, schema, validation }: Finding): Words {
  if (keyword === 'oneOf' && Array.isArray(params.passingSchemas)) {
    return { rule: 'value', message: `${written(node)} can be understood in two ways here`, help: describe(schema) };
  }
  const words = formsInWords(schema, validation);
  const values = valuesOf(schema, validation);
  const scalar = node.kind === 'scalar' && node.value !== null ? node : undefined;
  const text = scalar === undefined ? undefined : String(scalar.value);
  const same = values.find((value) => String(value) === scalar?.source);
  const near = text === undefined || same !== undefined ? undefined : nearest(text, values.map(String));
  const quotes =
    scalar === undefined || typeof scalar.value === 'string'
      ? []
      : admitsText(scalar.source, schema, validation)
        ? quoteIt(scalar)
        : [];
  return {
    rule: 'unknown-value',
    message: `${written(node)} cannot stand here`,
    help: [
      ...quotes,
      ...(same !== undefined && quotes.length === 0 ? [`take the quotes away: ${inYaml(same)}`] : []),
      ...(near === undefined ? [] : [`did you mean ${near}?`]),
      ...listed(words),
    ],
  };
}

export function unfitText({ node, params, schema }: Finding): Words {
  if (schema.pattern === DURATION_PATTERN) {
    return {
      rule: 'value',
      message: `${written(node)} is no duration`,
      help: ['write a number and its unit, for example 100 ms, 5 s or 2 min'],
    };
  }
  const help = describe(schema);
  // A regular expression is for those who wrote the schema; it is shown where they say nothing else.
  const title =
    typeof schema.title === 'string' ? [`it is to be ${schema.title}`] : [`it has to match /${params.pattern}/`];
  const blank = node.kind === 'scalar' && /^\s*$/.test(node.source);
  return {
    rule: 'value',
    message: blank ? 'the text is empty' : `${written(node)} cannot stand here`,
    help: help.length > 0 ? help : title,
  };
}

export function outOfRange({ node, keyword, params }: Finding): Words {
  const { limit } = params;
  const [words, help] = {
    minimum: ['is too little', `give ${limit} or more`],
    exclusiveMinimum: ['is too little', `give more than ${limit}`],
    maximum: ['is too much', `give ${limit} or less`],
    exclusiveMaximum: ['is too much', `give less than ${limit}`],
    multipleOf: [`is not a multiple of ${params.multipleOf}`, `give a multiple of ${params.multipleOf}`],
    minLength: ['is too short', `give ${limit} characters or more`],
    maxLength: ['is too long', `give ${limit} characters or less`],
  }[keyword] ?? ['cannot stand here', 'give another value'];
  return { rule: 'out-of-range', message: `${written(node)} ${words}`, help: [help ?? ''] };
}

export function listLength({ node, params, keyword, schema }: Finding): Words {
  const length = node.kind === 'sequence' ? node.items.length : 0;
  const limit = Number(params.limit);
  if (length === 0) return { rule: 'list-length', message: 'the list is empty', help: ['remove it, or add an item'] };
  const wanted = keyword === 'minItems' ? `${limit} or more are needed` : `no more than ${limit} can stand here`;
  return {
    rule: 'list-length',
    message: `the list has ${length === 1 ? '1 item' : `${length} items`}, and ${wanted}`,
    help: describe(schema),
  };
}

export function itemTwice({ node, params }: Finding): Words {
  const [first = 0, second = 0] = [Number(params.i), Number(params.j)].sort((a, b) => a - b);
  const items = node.kind === 'sequence' ? node.items : [];
  const line = items[first]?.at.line;
  return {
    rule: 'item-twice',
    message: 'the list has this item twice',
    ...(items[second] === undefined ? {} : { at: items[second].at }),
    help: [line === undefined ? 'remove one of the two' : `remove it here or in line ${line}`],
  };
}

/** Whether a value would do if it were text. */
function admitsText(text: string, schema: Schema, validation: Finding['validation']): boolean {
  return validation.errorsOf(schema, text, 'first').length === 0;
}

function quoteIt({ source }: YamlScalar): string[] {
  return [`quote it: ${visibleExcerpt(JSON.stringify(source), 60)}`];
}

/** What was quoted though it is to be no text, and what other languages call true and false. */
function withoutQuotes({ value, style }: YamlScalar, types: readonly string[]): string[] {
  if (typeof value !== 'string') return [];
  const number = types.includes('integer') ? /^-?\d+$/ : types.includes('number') ? /^-?\d+(\.\d+)?$/ : undefined;
  if (style === 'quoted' && number?.test(value) === true) return [`take the quotes away: ${value}`];
  if (!types.includes('boolean')) return [];
  if (/^(yes|on|true|y)$/i.test(value)) return ['write true, without quotes'];
  return /^(no|off|false|n)$/i.test(value) ? ['write false, without quotes'] : [];
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
  null: 'nothing',
};

export function kindOf(node: YamlNode): string {
  if (node.kind === 'mapping') return 'a mapping';
  if (node.kind === 'sequence') return 'a list';
  const { value } = node;
  if (value === null) return 'nothing';
  if (value instanceof Uint8Array) return 'binary';
  return `the ${typeof value === 'string' ? 'text' : typeof value} ${written(node)}`;
}

/** A value as a message shows it. */
export function written(node: YamlNode): string {
  if (node.kind !== 'scalar' || node.value === null || node.value instanceof Uint8Array) return kindOf(node);
  const text = visibleExcerpt(node.source.trimEnd(), 60);
  return typeof node.value === 'string' ? `"${text}"` : text;
}
