import type { Vocabulary } from './compile-action-value.js';
import type { Face } from './face.js';
import { exampleValue, inFlow } from './face-example.js';
import type { Shape } from './face-shape.js';
import type { FeatureSchema } from './feature-schema.js';
import { valueSchema } from './feature-schema-value.js';

/** A step in Gherkin's words, for steps that have no key of their own. */
export const ESCAPE_HATCH: FeatureSchema = {
  title: "a step in Gherkin's words",
  description: 'The text of any step, without its keyword; or a mapping with the text and what stands below the step.',
  anyOf: [
    { title: 'the text of a step', type: 'string', pattern: '^\\s*\\S.*$' },
    {
      title: 'a step with a table or a text below it',
      type: 'object',
      properties: {
        text: { title: 'the text of the step', type: 'string', pattern: '^\\s*\\S.*$' },
        table: {
          ...valueSchema({ kind: 'table' }, new Set()),
          title: 'the table below the step',
        },
        doc: { title: 'the doc string below the step', type: 'string' },
        mediaType: {
          title: 'what the doc string is',
          type: 'string',
          pattern: '^\\S(.*\\S)?$',
          examples: ['json', 'xml'],
        },
      },
      required: ['text'],
      additionalProperties: false,
    },
  ],
};

/** What the value of an action looks like, by all faces of its key. */
export function actionSchema(key: string, faces: readonly Face[], vocabulary: Vocabulary): FeatureSchema {
  const types = new Set(vocabulary.types.keys());
  const whole = faces.filter(({ shape }) => shape.kind !== 'mapping');
  const mappings = faces.filter(({ shape }) => shape.kind === 'mapping');
  const words = whole.map((face) => {
    const schema = { ...valueSchema(face.shape, types), title: face.step.title, description: face.step.description };
    return face.shape.kind === 'literal' ? schema : withExamples(schema, [face], vocabulary);
  });
  const together =
    mappings.length === 0 ? [] : [withExamples(mappingSchema(key, mappings, types), mappings, vocabulary)];
  // Where no alternative comes near, editors tell of the first: of the words if there are several, else of the properties.
  const alternatives = distinct(words.length > 1 ? [...words, ...together] : [...together, ...words]);
  const [only, another] = alternatives;
  if (only !== undefined && another === undefined) return only;
  return { title: key, description: titlesOf(faces), anyOf: alternatives };
}

/** One mapping with the properties of all faces, so that an editor offers all of them. */
function mappingSchema(key: string, faces: readonly Face[], types: ReadonlySet<string>): FeatureSchema {
  const properties = new Map<string, FeatureSchema[]>();
  for (const { step, shape } of faces) {
    if (shape.kind !== 'mapping') continue;
    for (const [name, inner] of shape.properties) {
      const schema = inner.kind === 'literal' ? literal(inner, step.description) : valueSchema(inner, types);
      properties.set(name, [...(properties.get(name) ?? []), schema]);
    }
  }
  const steps = new Set(faces.map(({ step }) => step));
  const [step, another] = steps;
  const titled =
    step === undefined || another !== undefined
      ? { title: key, description: titlesOf(faces) }
      : { title: step.title, description: step.description };
  const named = [...properties].map(([name, schemas]) => [name, { ...oneOrAny(distinct(schemas)), title: name }]);
  return {
    ...titled,
    type: 'object',
    properties: Object.fromEntries(named),
    additionalProperties: false,
    ...needs(faces.map((face) => new Set(namesOf(face)))),
  };
}

/**
 * Which properties are always needed, and which need others: those that every face with the property has. That is not
 * all there is to say where faces exclude each other; the compiler does.
 */
function needs(sets: readonly ReadonlySet<string>[]): FeatureSchema {
  const names = [...new Set(sets.flatMap((set) => [...set]))];
  const required = names.filter((name) => sets.every((set) => set.has(name)));
  const dependent = names.flatMap((name) => {
    const having = sets.filter((set) => set.has(name));
    const always = names.filter((other) => other !== name && having.every((set) => set.has(other)));
    const more = always.filter((other) => !required.includes(other));
    return more.length === 0 ? [] : [[name, more] as const];
  });
  return {
    ...(required.length === 0 ? { minProperties: 1 } : { required }),
    ...(dependent.length === 0 ? {} : { dependentRequired: Object.fromEntries(dependent) }),
  };
}

/**
 * With the values of the declarations' examples. Those that are mappings or lists are for reading: editors would offer each
 * as "[object Object]" (yaml-language-server 2.0.0). Bytes are none that JSON has.
 */
function withExamples(schema: FeatureSchema, faces: readonly Face[], vocabulary: Vocabulary): FeatureSchema {
  const values = faces.map((face) => exampleValue(face, vocabulary)).filter((value) => !(value instanceof Uint8Array));
  const words = values.filter((value) => typeof value !== 'object' || value === null);
  const others = values.filter((value) => !words.includes(value)).map((value) => `\`${inFlow(value)}\``);
  const read = others.length === 0 ? '' : `\n\nFor example: ${[...new Set(others)].join(', ')}.`;
  return {
    ...schema,
    description: `${schema.description}${read}`,
    ...(words.length === 0 ? {} : { examples: words }),
  };
}

function titlesOf(faces: readonly Face[]): string {
  return `${[...new Set(faces.map(({ step }) => step.title))].join('; ')}.`;
}

function namesOf({ shape }: Face): readonly string[] {
  return shape.kind === 'mapping' ? [...shape.properties.keys()] : [];
}

function literal(shape: Extract<Shape, { readonly kind: 'literal' }>, description: string): FeatureSchema {
  return { title: String(shape.value), description, const: shape.value };
}

function oneOrAny(schemas: readonly FeatureSchema[]): FeatureSchema {
  const [only, another] = schemas;
  if (only === undefined || another !== undefined) return { anyOf: schemas };
  return only;
}

/** Without those that admit the same as one before; any text is admitted once, however it becomes a step. */
function distinct(schemas: readonly FeatureSchema[]): readonly FeatureSchema[] {
  const seen = new Set<string>();
  return schemas.filter(({ title: _title, description: _description, examples: _examples, ...admitted }) => {
    const form = JSON.stringify(admitted);
    const known = seen.has(form);
    seen.add(form);
    return !known;
  });
}
