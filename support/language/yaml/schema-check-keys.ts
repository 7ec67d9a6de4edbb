import { nearest } from '../../model/nearest.js';
import { visibleExcerpt } from '../../model/visible-text.js';
import { entryOf, type YamlNode, type YamlPlace } from './node.js';
import { describe, formsInWords, keysOf, listed } from './schema-check-description.js';
import type { Finding } from './schema-check-findings.js';
import type { Words } from './schema-check-mistake.js';
import type { Schema } from './schema-check-schema.js';

export function unknownKey({ node, schema }: Finding, key: string): Words {
  const known = keysOf(schema);
  const entry = entryOf(node, key);
  const near = nearest(key, known);
  return {
    rule: 'unknown-key',
    message: `there is no ${quoted(key)} here`,
    ...(entry === undefined ? {} : { at: entry.keyAt }),
    help: [
      ...(near === undefined ? [] : [`did you mean "${near}"?`]),
      ...withoutSpace(key, entry?.value, known),
      ...nestedInstead(key, known),
      ...listed(known),
    ],
  };
}

/** The known key that was most likely meant. */
export function keyMeant(key: string, known: readonly string[]): string | undefined {
  const [beforeColon = ''] = key.split(':');
  return nearest(key, known) ?? known.find((other) => other === beforeColon);
}

/** `{listen:lo}` is a key without a value to YAML. */
function withoutSpace(key: string, value: YamlNode | undefined, known: readonly string[]): string[] {
  const [, first = '', rest = ''] = /^([^:]+):(.+)$/.exec(key) ?? [];
  const empty = value?.kind === 'scalar' && value.value === null;
  return empty && known.includes(first) ? [`a space follows the ":": write ${first}: ${visibleExcerpt(rest, 40)}`] : [];
}

/** `timeouts.delivery` is how the command line writes it. */
function nestedInstead(key: string, known: readonly string[]): string[] {
  const [first = '', ...rest] = key.split('.');
  if (rest.length === 0 || !known.includes(first)) return [];
  const inner = rest.reduceRight((value, part) => `{ ${part}: ${value} }`, '…');
  return [`write one mapping in the other: ${first}: ${visibleExcerpt(inner, 80)}`];
}

/** A key that does not look like those that a mapping takes. */
export function unfitKey({ node, schema }: Finding, key: string): Words {
  const entry = entryOf(node, key);
  return {
    rule: 'unknown-key',
    message: `${quoted(key)} cannot be a key here`,
    ...(entry === undefined ? {} : { at: entry.keyAt }),
    help: describe((schema.propertyNames ?? {}) as Schema),
  };
}

export function missingKey({ node, schema, validation, params }: Finding, key: string): Words {
  const property = (schema.properties as Readonly<Record<string, Schema>> | undefined)?.[key];
  const because = typeof params.property === 'string' ? [`it belongs to "${params.property}"`] : [];
  const about = property === undefined ? [] : describe(validation.resolved(property));
  const forms = property === undefined || about.length > 0 ? [] : listed(formsInWords(property, validation));
  return {
    rule: 'missing-key',
    message: `"${key}" is missing here`,
    at: firstSign(node),
    help: [...because, ...about, ...forms],
  };
}

export function tooFewKeys({ node, schema, params }: Finding): Words {
  const missing = keysOf(schema).filter((key) => entryOf(node, key) === undefined);
  const several = Number(params.limit) > 1 && node.kind === 'mapping' && node.entries.length === 0;
  return {
    rule: 'missing-key',
    message: several ? `${params.limit} keys are missing here` : 'something is missing here',
    at: firstSign(node),
    help: listed(missing),
  };
}

export function tooManyKeys({ node, params }: Finding): Words {
  const entries = node.kind === 'mapping' ? node.entries : [];
  const limit = Number(params.limit);
  const surplus = entries[limit];
  return {
    rule: 'too-many-keys',
    message: `${limit === 1 ? 'one key' : `${limit} keys`} can stand here, and these are ${entries.length}`,
    ...(surplus === undefined ? {} : { at: surplus.keyAt }),
    help: [`keep ${limit === 1 ? 'one' : limit} of: ${entries.map(({ key }) => visibleExcerpt(key, 40)).join(', ')}`],
  };
}

/** A mapping as such: what is missing is not to be underlined with what is there. */
function firstSign({ at }: YamlNode): YamlPlace {
  return { ...at, length: 1 };
}

function quoted(key: string): string {
  return `"${visibleExcerpt(key, 40)}"`;
}
