import type { DeclaredParameterType } from '../parameter-type.js';
import { type DeclaredStep, STEP_KEYWORDS } from '../step.js';
import { vocabularyOf } from './compile-action.js';
import { STEP_KEY } from './face.js';
import { actionSchema, ESCAPE_HATCH } from './feature-schema-action.js';
import { parameterTypeSchemas } from './feature-schema-value.js';

/** A JSON Schema (2020-12), or a part of one. */
export type FeatureSchema = Readonly<Record<string, unknown>>;

/**
 * The schema of a feature file whose actions are these steps, for editors and other tools. What it refuses the compiler
 * refuses, too; the compiler finds more.
 */
export function featureSchema(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): FeatureSchema {
  const examples = { anyOf: [BLOCK_OF_ROWS, { $ref: '#/$defs/row' }] };
  return schemaOf(examples, {
    placeholder: {
      title: 'a placeholder',
      description: 'Text with a column of the matrix or the examples in angle brackets, for example `<protocol>`.',
      type: 'string',
      pattern: '<[^<>]+>',
    },
    ...parameterTypeSchemas(parameterTypes),
    [STEP_KEY]: ESCAPE_HATCH,
    ...actionSchemas(steps, parameterTypes),
  });
}

/**
 * The schema of what surrounds actions; an action may be anything. For the compiler, which judges actions and the values of
 * rows itself.
 */
export function featureStructure(): FeatureSchema {
  const examples = { type: 'object', dependentSchemas: { rows: BLOCK_OF_ROWS } };
  return schemaOf(examples, Object.fromEntries(['given', 'when', 'then', 'any-action'].map((name) => [name, {}])));
}

function actionSchemas(
  steps: readonly DeclaredStep[],
  parameterTypes: readonly DeclaredParameterType[],
): Record<string, FeatureSchema> {
  const vocabulary = vocabularyOf(steps, parameterTypes);
  const values: Record<string, FeatureSchema> = {};
  const sections: Record<string, FeatureSchema> = {};
  const all = new Map<string, FeatureSchema[]>();
  for (const keyword of STEP_KEYWORDS) {
    const section = keyword.toLowerCase();
    const byKey = vocabulary.facesIn(keyword);
    const keys = [...byKey.keys()].sort();
    const properties: Record<string, FeatureSchema> = {};
    for (const key of keys) {
      const name = `${section}-${key}`;
      values[name] = actionSchema(key, byKey.get(key) ?? [], vocabulary);
      properties[key] = { $ref: `#/$defs/${name}` };
      all.set(key, [...(all.get(key) ?? []), { $ref: `#/$defs/${name}` }]);
    }
    sections[section] = singleKey(`an action of "${section}"`, properties);
  }
  const sorted = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  const any = sorted.map(([key, refs]) => [key, refs.length === 1 ? refs[0] : { anyOf: refs }]);
  return { ...values, ...sections, 'any-action': singleKey('an action', Object.fromEntries(any)) };
}

function singleKey(title: string, properties: Readonly<Record<string, FeatureSchema>>): FeatureSchema {
  return {
    title,
    description: 'One key with its value: one step.',
    type: 'object',
    properties: { ...properties, [STEP_KEY]: { $ref: `#/$defs/${STEP_KEY}` } },
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  };
}

function schemaOf(examples: FeatureSchema, definitions: Readonly<Record<string, FeatureSchema>>): FeatureSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:mirrorspec:feature',
    title: 'a feature of mirrorspec',
    description: 'What must hold, as scenarios. A file may hold several features, separated by `---`.',
    ...mapping(
      {
        feature: text('name of the feature', 'One line.'),
        description: DESCRIPTION,
        language: {
          ...text('language of keywords', "A language of Gherkin, for what reports show as the steps' keywords."),
          default: 'en',
          examples: ['en', 'de', 'fr'],
        },
        tags: TAGS,
        background: { $ref: '#/$defs/background' },
        scenarios: { $ref: '#/$defs/scenarios' },
        rules: list(
          'rules',
          'Groups of scenarios within the feature.',
          mapping(
            {
              rule: text('name of the rule', 'One line.'),
              description: DESCRIPTION,
              tags: TAGS,
              background: { $ref: '#/$defs/background' },
              scenarios: { $ref: '#/$defs/scenarios' },
            },
            { required: ['rule'] },
          ),
        ),
      },
      { required: ['feature'] },
    ),
    $defs: {
      background: {
        title: 'background',
        description: 'Steps that come before those of each scenario.',
        ...mapping({
          name: text('name of the background', 'One line; may be left out.'),
          description: DESCRIPTION,
          ...SECTIONS,
        }),
      },
      scenarios: list('scenarios', 'Each is run on its own.', scenarioOf(examples)),
      cell: {
        title: 'a value',
        description: 'Text, a number or a boolean; steps get it as it is written.',
        anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }],
      },
      row: {
        title: 'a row',
        description: 'A value for each column.',
        type: 'object',
        minProperties: 1,
        additionalProperties: { $ref: '#/$defs/cell' },
      },
      ...definitions,
    },
  };
}

const DESCRIPTION = text('description', 'Free text for readers, of as many lines as you like.');
const TAGS = list('tags', 'Words to select by, with or without "@": `smoke`, `limitation:L4`.', {
  title: 'a tag',
  type: 'string',
  pattern: '^@?[^\\s@]+$',
});

const SECTIONS = {
  given: actions('given', 'What the situation is. Nothing is built yet, so that the order seldom matters.'),
  when: actions('when', 'What is done: calls are made.'),
  // biome-ignore lint/suspicious/noThenProperty: it is the name of the section, and nobody awaits a schema.
  then: actions('then', 'What must hold.'),
  steps: list(
    'steps in another order',
    'Lists of actions in the order in which they happen, in place of given, when and then.',
    {
      title: 'a part of the steps',
      description: 'One of `given`, `when`, `then` or `"*"`, with a list of actions.',
      ...mapping({
        given: actions('given', 'What the situation is.'),
        when: actions('when', 'What is done.'),
        // biome-ignore lint/suspicious/noThenProperty: it is the name of the section, and nobody awaits a schema.
        then: actions('then', 'What must hold.'),
        '*': list('any steps', 'Actions of any kind.', { $ref: '#/$defs/any-action' }),
      }),
      minProperties: 1,
      maxProperties: 1,
    },
  ),
};

const BLOCK_OF_ROWS: FeatureSchema = {
  title: 'a block of rows',
  ...mapping(
    {
      examples: text('name of the block', 'One line; may be left out.'),
      description: DESCRIPTION,
      tags: TAGS,
      rows: list('rows', 'The scenario is run with each.', { $ref: '#/$defs/row' }),
    },
    { required: ['rows'] },
  ),
};

function scenarioOf(examples: FeatureSchema): FeatureSchema {
  return mapping(
    {
      scenario: text('name of the scenario', 'One line. `<column>` is replaced by the values of each row.'),
      description: DESCRIPTION,
      tags: TAGS,
      matrix: {
        title: 'matrix',
        description: 'Axes with their values: the scenario is run with every combination.',
        type: 'object',
        minProperties: 1,
        properties: {
          include: list('include', 'Rows to add, with a value for each axis.', { $ref: '#/$defs/row' }),
          exclude: list('exclude', 'Values; a combination that has all of them is left out.', { $ref: '#/$defs/row' }),
        },
        additionalProperties: list('an axis', 'The values that it takes.', { $ref: '#/$defs/cell' }),
      },
      examples: list(
        'examples',
        'Rows: the scenario is run with each. Or blocks of rows with a name, tags or a description.',
        examples,
      ),
      ...SECTIONS,
    },
    { required: ['scenario'] },
  );
}

function mapping(
  properties: FeatureSchema,
  { required = [] }: { readonly required?: readonly string[] } = {},
): FeatureSchema {
  return {
    type: 'object',
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function text(title: string, description: string): FeatureSchema {
  return { title, description, type: 'string' };
}

function list(title: string, description: string, items: FeatureSchema): FeatureSchema {
  return { title, description, type: 'array', minItems: 1, items };
}

function actions(section: 'given' | 'when' | 'then', description: string): FeatureSchema {
  return list(section, description, { $ref: `#/$defs/${section}` });
}
