import { valuesOf } from './schema-check-description.js';
import { alternativesOf, type Schema, type Validation } from './schema-check-schema.js';

type JsonType = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

/**
 * Which of several forms a value was meant to have, if that is clear: the one of its kind; among several the one with
 * which it shares most keys, and of these the one that finds least wrong. Undefined where it is neither mapping nor list and
 * several forms are not, or one that lists its values: then all that it can be is to be told.
 */
export function formMeant(forms: readonly Schema[], value: unknown, validation: Validation): Schema | undefined {
  const type = typeOf(value);
  const scalar = type !== 'object' && type !== 'array';
  const candidates = forms.filter((form) => {
    const types = typesOf(form, validation);
    if (types === undefined) return true;
    return scalar ? types.some((other) => other !== 'object' && other !== 'array') : types.includes(type);
  });
  const [only, another] = candidates;
  if (only === undefined) return undefined;
  if (another === undefined && !scalar) return only;
  // Words are told together with the other forms.
  if (another === undefined && typesInclude(only, type, validation) && valuesOf(only, validation).length === 0)
    return only;
  if (scalar) return undefined;
  const scored = candidates.map((form) => ({
    form,
    shared: type === 'object' ? sharedKeys(form, value as object, validation) : 0,
    wrong: validation.errorsOf(form, value, 'all').length,
  }));
  scored.sort((a, b) => b.shared - a.shared || a.wrong - b.wrong);
  return scored[0]?.form;
}

function typesInclude(form: Schema, type: JsonType, validation: Validation): boolean {
  return typesOf(form, validation)?.includes(type) ?? true;
}

/** Keys that a form knows, and those whose value is the only one that it takes count most. */
function sharedKeys(form: Schema, value: object, validation: Validation): number {
  const known = propertiesOf(form, validation);
  let shared = 0;
  for (const [key, inner] of Object.entries(value)) {
    const property = known.get(key);
    if (property === undefined) continue;
    const { const: only } = validation.resolved(property);
    shared += only === undefined ? 1 : only === inner ? 10 : -10;
  }
  return shared;
}

function propertiesOf(form: Schema, validation: Validation): ReadonlyMap<string, Schema> {
  const schema = validation.resolved(form);
  return new Map([
    ...alternativesOf(schema).flatMap((inner) => [...propertiesOf(inner, validation)]),
    ...Object.entries((schema.properties ?? {}) as Record<string, Schema>),
  ]);
}

/** The types that a form takes; undefined where it takes all. */
export function typesOf(form: Schema, validation: Validation): readonly JsonType[] | undefined {
  const schema = validation.resolved(form);
  if (schema.type !== undefined)
    return [schema.type].flat().map((type) => (type === 'integer' ? 'number' : type)) as JsonType[];
  if ('const' in schema) return [typeOf(schema.const)];
  if (Array.isArray(schema.enum)) return schema.enum.map(typeOf);
  const alternatives = alternativesOf(schema).map((inner) => typesOf(inner, validation));
  if (alternatives.length === 0 || alternatives.includes(undefined)) return undefined;
  return alternatives.flatMap((types) => types ?? []);
}

export function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}
