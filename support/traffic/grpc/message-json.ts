import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import { UserError } from '../../model/errors.js';
import { nearest } from '../../model/nearest.js';
import { describeJson, isJsonObject, readScalar, writeScalar } from './scalar-json.js';
import type { FieldSchema, FieldType, MessageSchema, Schemas } from './schema.js';
import { wellKnownJson } from './well-known-json.js';

/** A message as protobufjs takes and gives it: names as in the .proto file, bytes as buffers, 64-bit integers as strings. */
export type MessageObject = Record<string, unknown>;

/**
 * How protobufjs holds a map: as an object where it parsed a .proto file, as a list of entries where it read a descriptor
 * (which knows no maps).
 */
export type MapForm = 'object' | 'entries';

/**
 * Converts between proto3 JSON and message objects. protobufjs ignores fields it does not know and takes what it gets
 * for a value; a specification must not be misread like that, so every name and value is checked against the schema.
 * Source: protobuf.dev "ProtoJSON Format".
 */
export class MessageJson {
  readonly schemas: Schemas;
  readonly #definition: PackageDefinition;
  readonly #maps: MapForm;

  constructor(schemas: Schemas, definition: PackageDefinition, maps: MapForm) {
    this.schemas = schemas;
    this.#definition = definition;
    this.#maps = maps;
  }

  /** Throws {@link UserError}. `path` is the place in the whole message, for example `control.trailers[1]`. */
  read(type: string, json: unknown, path = ''): MessageObject {
    const schema = this.schemas.message(type);
    const wellKnown = wellKnownJson(type);
    if (wellKnown !== undefined) return wellKnown.read(json, { json: this, schema, path });
    if (!isJsonObject(json)) {
      throw new UserError(`${place(type, path)} must be an object, but is ${describeJson(json)}.`);
    }
    const object: MessageObject = {};
    const oneofs = new Map<string, string>();
    for (const [name, value] of Object.entries(json)) {
      const field = schema.byName.get(name);
      if (field === undefined) throw unknownField(schema, name, path);
      if (value === undefined || (value === null && !takesNull(field))) continue;
      if (field.name in object) throw new UserError(`${place(type, path)} has the field "${field.name}" twice.`);
      const other = field.oneof === undefined ? undefined : oneofs.get(field.oneof);
      if (other !== undefined) {
        throw new UserError(
          `${place(type, path)} can have only one of "${other}" and "${name}" (oneof ${field.oneof}).`,
        );
      }
      if (field.oneof !== undefined) oneofs.set(field.oneof, name);
      object[field.name] = this.#readField(field, value, path === '' ? name : `${path}.${name}`);
    }
    return object;
  }

  write(type: string, object: MessageObject): unknown {
    const schema = this.schemas.message(type);
    const wellKnown = wellKnownJson(type);
    if (wellKnown !== undefined) return wellKnown.write(object, { json: this, schema, path: '' });
    const json: Record<string, unknown> = {};
    for (const field of schema.fields) {
      const value = object[field.name];
      if (value !== undefined && value !== null) json[field.jsonName] = this.#writeField(field, value);
    }
    return json;
  }

  /** For `google.protobuf.Any`. */
  serialize(type: string, object: MessageObject): Buffer {
    return this.#definitionOf(type).serialize(object);
  }

  deserialize(type: string, bytes: Buffer): MessageObject {
    return this.#definitionOf(type).deserialize(bytes) as MessageObject;
  }

  #definitionOf(type: string): MessageTypeDefinition<object, object> {
    const definition = this.#definition[type];
    if (definition === undefined || !('deserialize' in definition) || typeof definition.deserialize !== 'function') {
      throw new UserError(`The message type ${type} is not known.`);
    }
    return definition as MessageTypeDefinition<object, object>;
  }

  #readField(field: FieldSchema, json: unknown, path: string): unknown {
    if (field.mapKey !== undefined) return this.#readMap(field.mapKey, field.type, json, path);
    if (!field.repeated) return this.#readValue(field.type, json, path);
    if (!Array.isArray(json)) throw new UserError(`The field ${path} must be an array, but is ${describeJson(json)}.`);
    return json.map((value: unknown, index) => this.#readValue(field.type, value, `${path}[${index}]`));
  }

  #readMap(keyType: FieldType, valueType: FieldType, json: unknown, path: string): unknown {
    if (!isJsonObject(json)) throw new UserError(`The field ${path} must be an object, but is ${describeJson(json)}.`);
    const entries = Object.entries(json).map(([name, entry]) => {
      const at = `${path}[${JSON.stringify(name)}]`;
      return { key: readMapKey(keyType, name, at), value: this.#readValue(valueType, entry, at) };
    });
    if (this.#maps === 'entries') return entries;
    // As a property's name every key is text, and protobufjs takes the truth of that text for a bool.
    return Object.fromEntries(entries.map(({ key, value }) => [key === false ? '' : String(key), value]));
  }

  #writeMap(keyType: FieldType, valueType: FieldType, value: unknown): unknown {
    const entries =
      this.#maps === 'entries'
        ? (value as readonly { readonly key: unknown; readonly value: unknown }[])
        : Object.entries(value as MessageObject).map(([name, entry]) => ({
            key: propertyKey(keyType, name),
            value: entry,
          }));
    return Object.fromEntries(entries.map((entry) => [String(entry.key), this.#writeValue(valueType, entry.value)]));
  }

  #readValue(type: FieldType, json: unknown, path: string): unknown {
    switch (type.kind) {
      case 'scalar':
        return readScalar(type.scalar, json, path);
      case 'message':
        return this.read(type.name, json, path);
      case 'enum':
        return this.#readEnum(type.name, json, path);
    }
  }

  #readEnum(type: string, json: unknown, path: string): number {
    if (type === 'google.protobuf.NullValue' && json === null) return 0;
    if (typeof json === 'number') return readScalar('int32', json, path) as number;
    const values = this.schemas.enumValues(type);
    const value = typeof json === 'string' ? values.get(json) : undefined;
    if (value !== undefined) return value;
    const near = typeof json === 'string' ? nearest(json, values.keys()) : undefined;
    throw new UserError(
      `The field ${path} must be a value of the enum ${type}, but is ${describeJson(json)}${suggest(near, values.keys())}`,
    );
  }

  #writeField(field: FieldSchema, value: unknown): unknown {
    if (field.mapKey !== undefined) return this.#writeMap(field.mapKey, field.type, value);
    return field.repeated
      ? (value as readonly unknown[]).map((entry) => this.#writeValue(field.type, entry))
      : this.#writeValue(field.type, value);
  }

  #writeValue(type: FieldType, value: unknown): unknown {
    switch (type.kind) {
      case 'scalar':
        return writeScalar(value);
      case 'message':
        return this.write(type.name, value as MessageObject);
      case 'enum':
        return type.name === 'google.protobuf.NullValue' ? null : value;
    }
  }
}

function takesNull(field: FieldSchema): boolean {
  return (
    field.type.kind !== 'scalar' && ['google.protobuf.Value', 'google.protobuf.NullValue'].includes(field.type.name)
  );
}

function readMapKey(type: FieldType, name: string, path: string): unknown {
  const scalar = type.kind === 'scalar' ? type.scalar : 'string';
  if (scalar !== 'bool') return readScalar(scalar, name, path);
  if (name !== 'true' && name !== 'false') throw new UserError(`The key ${path} must be "true" or "false".`);
  return name === 'true';
}

/** The key that a property's name stands for: for 64 bits protobufjs makes a name of the eight bytes, lowest first. */
function propertyKey(type: FieldType, name: string): string {
  if (type.kind !== 'scalar' || !type.scalar.endsWith('64')) return name;
  const bytes = Buffer.from(name, 'latin1');
  const unsigned = type.scalar === 'uint64' || type.scalar === 'fixed64';
  return String(unsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE());
}

function unknownField(schema: MessageSchema, name: string, path: string): UserError {
  const names = schema.fields.map((field) => field.jsonName);
  const near = nearest(name, schema.byName.keys());
  return new UserError(`${place(schema.name, path)} has no field "${name}"${suggest(near, names)}`);
}

function suggest(near: string | undefined, valid: Iterable<string>): string {
  const known = [...valid].join(', ') || 'none';
  return near === undefined ? ` (known: ${known}).` : `; did you mean "${near}"? (known: ${known})`;
}

function place(type: string, path: string): string {
  return path === '' ? `The message ${type}` : `The message ${type} at ${path}`;
}
