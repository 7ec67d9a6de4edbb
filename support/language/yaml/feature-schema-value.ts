import { type DeclaredParameterType, takes, takesOnlyItsValues } from '../parameter-type.js';
import type { Slot } from './face.js';
import { isInteger, isNumeric, type Shape } from './face-shape.js';
import type { FeatureSchema } from './feature-schema.js';

const PLACEHOLDER: FeatureSchema = { $ref: '#/$defs/placeholder' };
const CELL: FeatureSchema = { anyOf: [{ type: 'string' }, { type: 'null' }] };

/** Definitions of what parameters of declared types take. */
export function parameterTypeSchemas(types: readonly DeclaredParameterType[]): Record<string, FeatureSchema> {
  const sorted = [...types].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map((type) => [
      definitionOf(type.name),
      { title: type.name, description: type.description, anyOf: [...formsOf(type), PLACEHOLDER] },
    ]),
  );
}

function definitionOf(type: string): string {
  return `parameter-${type}`;
}

function formsOf(type: DeclaredParameterType): readonly FeatureSchema[] {
  const { values, regexps } = type;
  const title = `a ${type.name}`;
  const forms: FeatureSchema[] = [];
  if (takesOnlyItsValues(type)) forms.push({ title, type: 'string', enum: values });
  else {
    const pattern = patternOf(regexps);
    const examples = values.length === 0 ? {} : { examples: values };
    forms.push({ title, type: 'string', ...(pattern === undefined ? {} : { pattern }), ...examples });
  }
  if (NUMBERS.some((text) => takes(type, text))) forms.push({ title: `${title} in digits`, type: 'number' });
  if (takes(type, 'true') || takes(type, 'false')) forms.push({ title, type: 'boolean' });
  return forms;
}

/**
 * What YAML reads as a number. Where a type takes one of them, numbers need no quotes; whether it takes the number at hand
 * is for the compiler, which sees it as it is written.
 */
const NUMBERS = [...Array.from({ length: 20 }, (_, index) => '1'.repeat(index + 1)), '0', '1.5', '10.25'];

/** Undefined where the pattern is not one that every reader of schemas understands. */
function patternOf(regexps: readonly RegExp[]): string | undefined {
  if (regexps.some(({ flags }) => /[imsuv]/.test(flags))) return undefined;
  const pattern = `^(?:${regexps.map(({ source }) => source).join('|')})$`;
  try {
    new RegExp(pattern, 'u');
    return pattern;
  } catch {
    return undefined;
  }
}

/** What a value of this shape looks like. Mappings of an action are put together elsewhere, from all of its faces. */
export function valueSchema(shape: Shape, types: ReadonlySet<string>): FeatureSchema {
  switch (shape.kind) {
    case 'literal':
      return { const: shape.value };
    case 'parameter':
      return parameterSchema(shape.slot, types);
    case 'binary':
      return {
        title: 'bytes',
        description: `${sentence(shape.slot.description)}Written as \`!!binary\` with base64.`,
        type: 'string',
      };
    case 'text':
      return { title: 'a text', description: 'Text of any length, also of several lines.', type: 'string' };
    case 'json':
      return { title: 'a value', description: 'Any value; it is written out as JSON.' };
    case 'collection':
      return {
        title: 'a mapping or a list',
        description: 'It is written out as JSON.',
        anyOf: [{ type: 'object' }, { type: 'array' }],
      };
    case 'table':
      return {
        title: 'names and values',
        description: 'A mapping of each name to its value or a list of its values; or a list of rows.',
        anyOf: [
          {
            title: 'names and values',
            type: 'object',
            additionalProperties: { anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'array', items: CELL }] },
          },
          { title: 'rows', type: 'array', items: { type: 'array', minItems: 1, items: CELL } },
        ],
      };
    case 'several': {
      const one = valueSchema(shape.of, types);
      const { title, description } = one;
      return {
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
        anyOf: [one, { title: 'several', description: 'One step for each.', type: 'array', minItems: 1, items: one }],
      };
    }
    case 'mapping': {
      const properties = [...shape.properties].map(([name, inner]) => [name, valueSchema(inner, types)]);
      return {
        type: 'object',
        properties: Object.fromEntries(properties),
        required: [...shape.properties.keys()],
        additionalProperties: false,
      };
    }
  }
}

function parameterSchema(slot: Slot, types: ReadonlySet<string>): FeatureSchema {
  const { name, type, description, schema = {} } = slot;
  const titled = { title: name, ...(description === '' ? {} : { description }) };
  if (isNumeric(slot)) {
    const number = { type: isInteger(slot) ? 'integer' : 'number', ...schema };
    return { ...titled, anyOf: [{ title: name, ...number }, PLACEHOLDER] };
  }
  if (types.has(type) && slot.schema === undefined) return { ...titled, $ref: `#/$defs/${definitionOf(type)}` };
  const { enum: values, pattern, examples } = schema;
  const word = type === 'word' ? '^\\S+$' : undefined;
  const narrowed = {
    type: 'string',
    ...(values === undefined ? {} : { enum: values }),
    ...(pattern === undefined && word === undefined ? {} : { pattern: pattern ?? word }),
    ...(examples === undefined ? {} : { examples }),
  };
  if (types.has(type)) {
    return { ...titled, $ref: `#/$defs/${definitionOf(type)}`, anyOf: [{ title: name, ...narrowed }, PLACEHOLDER] };
  }
  if (values === undefined && narrowed.pattern === undefined) return { ...titled, ...narrowed };
  return { ...titled, anyOf: [{ title: name, ...narrowed }, PLACEHOLDER] };
}

function sentence(text: string): string {
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}. `;
}
