import { UserError } from '../../model/errors.js';
import type { MessageJson, MessageObject } from './message-json.js';
import { describeJson, isJsonObject, readScalar, writeScalar } from './scalar-json.js';
import type { MessageSchema } from './schema.js';

/** Where a well-known message stands. */
interface Place {
  readonly json: MessageJson;
  readonly schema: MessageSchema;
  readonly path: string;
}

/** The JSON of a well-known type that has a form of its own. */
interface WellKnownJson {
  read(json: unknown, place: Place): MessageObject;
  write(object: MessageObject, place: Place): unknown;
}

/** Source: protobuf.dev "ProtoJSON Format". `undefined` for types with the usual form. */
export function wellKnownJson(type: string): WellKnownJson | undefined {
  return type.startsWith(PREFIX) ? WELL_KNOWN.get(type.slice(PREFIX.length)) : undefined;
}

const PREFIX = 'google.protobuf.';

const timestamp: WellKnownJson = {
  read(json, place) {
    const match = typeof json === 'string' ? /^(.+T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(json) : null;
    const milliseconds = match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`);
    if (Number.isNaN(milliseconds)) throw wrong(place, 'a time such as "2026-01-31T12:00:00Z"', json);
    return { seconds: String(milliseconds / 1000), nanos: Number((match?.[2] ?? '').padEnd(9, '0')) };
  },
  write(object) {
    const date = new Date(Number(object.seconds ?? 0) * 1000).toISOString().slice(0, -'.000Z'.length);
    return `${date}${fraction(Number(object.nanos ?? 0))}Z`;
  },
};

const duration: WellKnownJson = {
  read(json, place) {
    const match = typeof json === 'string' ? /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(json) : null;
    if (match === null) throw wrong(place, 'a duration such as "1.5s"', json);
    const nanos = Number((match[3] ?? '').padEnd(9, '0'));
    return { seconds: `${match[1]}${match[2]}`, nanos: match[1] === '-' ? -nanos : nanos };
  },
  write(object) {
    const nanos = Number(object.nanos ?? 0);
    const seconds = BigInt(String(object.seconds ?? 0));
    const sign = seconds < 0n || nanos < 0 ? '-' : '';
    return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
  },
};

const fieldMask: WellKnownJson = {
  read(json, place) {
    if (typeof json !== 'string') throw wrong(place, 'field names separated by commas', json);
    const paths = json === '' ? [] : json.split(',');
    return { paths: paths.map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)) };
  },
  write(object) {
    const paths = (object.paths ?? []) as readonly string[];
    return paths.map((path) => path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())).join(',');
  },
};

function wrapper(scalar: string): WellKnownJson {
  return {
    read: (json, place) => ({ value: readScalar(scalar, json, place.path || 'value') }),
    write: (object) => writeScalar(object.value),
  };
}

const struct: WellKnownJson = {
  read(json, place) {
    if (!isJsonObject(json)) throw wrong(place, 'an object', json);
    const entries = Object.entries(json).map(([name, entry]) => [name, readValue(entry, place)] as const);
    return { fields: Object.fromEntries(entries) };
  },
  write(object, place) {
    const fields = (object.fields ?? {}) as Record<string, MessageObject>;
    return Object.fromEntries(Object.entries(fields).map(([name, entry]) => [name, place.json.write(VALUE, entry)]));
  },
};

const listValue: WellKnownJson = {
  read(json, place) {
    if (!Array.isArray(json)) throw wrong(place, 'an array', json);
    return { values: json.map((entry: unknown) => readValue(entry, place)) };
  },
  write(object, place) {
    return ((object.values ?? []) as readonly MessageObject[]).map((entry) => place.json.write(VALUE, entry));
  },
};

const value: WellKnownJson = {
  read(json, place) {
    // The members' names are in camel case in protobufjs's own copy of struct.proto, and not in descriptors of others.
    const member = (jsonName: string): string => place.schema.byName.get(jsonName)?.name ?? jsonName;
    switch (typeof json) {
      case 'number':
        return { [member('numberValue')]: json };
      case 'string':
        return { [member('stringValue')]: json };
      case 'boolean':
        return { [member('boolValue')]: json };
    }
    if (json === null) return { [member('nullValue')]: 0 };
    if (Array.isArray(json)) return { [member('listValue')]: place.json.read(`${PREFIX}ListValue`, json, place.path) };
    return { [member('structValue')]: place.json.read(`${PREFIX}Struct`, json, place.path) };
  },
  write(object, place) {
    for (const field of place.schema.fields) {
      const found = object[field.name];
      if (found === undefined || found === null) continue;
      if (field.jsonName === 'nullValue') return null;
      return field.type.kind === 'message'
        ? place.json.write(field.type.name, found as MessageObject)
        : writeScalar(found);
    }
    return null;
  },
};

const any: WellKnownJson = {
  read(json, place) {
    if (!isJsonObject(json) || typeof json['@type'] !== 'string') throw wrong(place, 'an object with "@type"', json);
    const { '@type': url, ...rest } = json;
    const type = typeOf(url);
    if (!place.json.schemas.hasMessage(type))
      throw new UserError(`The message type "${type}" at ${place.path} is not known.`);
    const content = wellKnownJson(type) === undefined ? rest : rest.value;
    return { type_url: url, value: place.json.serialize(type, place.json.read(type, content, place.path)) };
  },
  write(object, place) {
    const url = String(object.type_url ?? '');
    const bytes = Buffer.from((object.value ?? []) as Uint8Array);
    const type = typeOf(url);
    if (!place.json.schemas.hasMessage(type)) return { '@type': url, value: bytes.toString('base64') };
    const json = place.json.write(type, place.json.deserialize(type, bytes));
    return wellKnownJson(type) === undefined ? { '@type': url, ...(json as object) } : { '@type': url, value: json };
  },
};

const VALUE = `${PREFIX}Value`;

const WELL_KNOWN: ReadonlyMap<string, WellKnownJson> = new Map([
  ['Timestamp', timestamp],
  ['Duration', duration],
  ['FieldMask', fieldMask],
  ['Struct', struct],
  ['ListValue', listValue],
  ['Value', value],
  ['Any', any],
  ['DoubleValue', wrapper('double')],
  ['FloatValue', wrapper('float')],
  ['Int64Value', wrapper('int64')],
  ['UInt64Value', wrapper('uint64')],
  ['Int32Value', wrapper('int32')],
  ['UInt32Value', wrapper('uint32')],
  ['BoolValue', wrapper('bool')],
  ['StringValue', wrapper('string')],
  ['BytesValue', wrapper('bytes')],
]);

function readValue(json: unknown, place: Place): MessageObject {
  return place.json.read(VALUE, json, place.path);
}

function typeOf(url: unknown): string {
  return String(url).replace(/^.*\//, '');
}

function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(?:0{3}){1,2}$/, '')}`;
}

function wrong(place: Place, expected: string, json: unknown): UserError {
  const where = place.path === '' ? `The message ${place.schema.name}` : `The field ${place.path}`;
  return new UserError(`${where} must be ${expected}, but is ${describeJson(json)}.`);
}
