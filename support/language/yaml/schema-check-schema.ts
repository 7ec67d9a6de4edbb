import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Schema } from '../../model/json-schema.js';

export type { Schema };

/** With the schema, the data and what is around them. */
export type SchemaError = ErrorObject<string, Record<string, unknown>, unknown>;

/** Whether all that is wrong is looked for, or the first of it. */
export type Thoroughness = 'all' | 'first';

/** A schema, and the parts of it that have to be looked at by themselves. */
export interface Validation {
  /** In Ajv's order: those of a part stand directly before that of the whole. */
  errorsOf(part: Schema, data: unknown, thoroughness: Thoroughness): readonly SchemaError[];
  /** A part with what it refers to in its place. */
  resolved(part: Schema): Schema;
}

const validations = new WeakMap<Schema, Validation>();

/** The validation by a schema; compiled once. References lead to `#/$defs/…` or nowhere. */
export function validationOf(root: Schema): Validation {
  const known = validations.get(root);
  if (known !== undefined) return known;
  const made = makeValidation(root);
  validations.set(root, made);
  return made;
}

function makeValidation(root: Schema): Validation {
  const definitions = (root.$defs ?? {}) as Readonly<Record<string, Schema>>;
  const validators = { all: validatorsOf(definitions, true), first: validatorsOf(definitions, false) };
  return {
    errorsOf(part, data, thoroughness) {
      const validate = validators[thoroughness](part);
      return validate(data) ? [] : ((validate.errors ?? []) as SchemaError[]);
    },
    resolved(part) {
      let schema = part;
      // Ajv refuses references that lead in a circle, but this must not hang before it does.
      for (let steps = 0; typeof schema.$ref === 'string' && steps < 20; steps++) {
        const { $ref, ...beside } = schema;
        schema = { ...definitions[String($ref).replace('#/$defs/', '')], ...beside };
      }
      return schema;
    },
  };
}

function validatorsOf(definitions: Readonly<Record<string, Schema>>, allErrors: boolean) {
  let ajv: Ajv2020 | undefined;
  const validators = new Map<Schema, ValidateFunction>();
  return (part: Schema): ValidateFunction => {
    ajv ??= new Ajv2020({ allErrors, strict: true, verbose: true, messages: false });
    let validate = validators.get(part);
    if (validate === undefined) {
      // Without its id, which Ajv would know already when a second part is compiled.
      const { $id: _id, ...anonymous } = part;
      validate = ajv.compile({ ...anonymous, $defs: definitions });
      validators.set(part, validate);
    }
    return validate;
  };
}

/** The forms that a schema admits, if it lists some. */
export function alternativesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return [anyOf, oneOf].flatMap((forms) => (Array.isArray(forms) ? (forms as Schema[]) : []));
}
