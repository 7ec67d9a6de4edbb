/** A JSON Schema (2020-12), or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** The schema of a whole document. */
export function documentSchema(name: string, rest: Schema): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:mirrorspec:${name}`,
    ...rest,
  };
}

/** A mapping that has no other keys than these. */
export function mappingOf(properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema {
  return { type: 'object', additionalProperties: false, ...more, properties };
}
