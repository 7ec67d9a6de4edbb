import { UserError } from '../../model/errors.js';

const INTEGER_RANGES: Readonly<Record<string, readonly [min: bigint, max: bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const NON_FINITE = new Set(['NaN', 'Infinity', '-Infinity']);

/** The value of a scalar field, checked. `scalar` is the type's name in .proto files. Throws {@link UserError}. */
export function readScalar(scalar: string, json: unknown, path: string): unknown {
  const wrong = (expected: string): UserError =>
    new UserError(`The field ${path} must be ${expected}, but is ${describeJson(json)}.`);
  switch (scalar) {
    case 'string':
      if (typeof json !== 'string') throw wrong('a string');
      return json;
    case 'bool':
      if (typeof json !== 'boolean') throw wrong('true or false');
      return json;
    case 'bytes':
      return readBytes(json, wrong);
    case 'float':
    case 'double':
      return readNumber(json, () => wrong(`a number (${scalar})`));
    default:
      return readInteger(scalar, json, wrong);
  }
}

/** The JSON of a scalar as protobufjs gives it. */
export function writeScalar(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export function isJsonObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !ArrayBuffer.isView(json);
}

/** A JSON value in an error message. */
export function describeJson(json: unknown): string {
  if (Array.isArray(json)) return 'an array';
  if (ArrayBuffer.isView(json)) return 'binary data';
  if (typeof json === 'object' && json !== null) return 'an object';
  const text = typeof json === 'string' ? JSON.stringify(json) : String(json);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function readBytes(json: unknown, wrong: (expected: string) => UserError): Uint8Array {
  if (json instanceof Uint8Array) return json;
  if (typeof json !== 'string') throw wrong('base64 text');
  const standard = json.replaceAll('-', '+').replaceAll('_', '/');
  if (!BASE64.test(standard) || standard.replace(/=+$/, '').length % 4 === 1) throw wrong('base64 text');
  return Buffer.from(standard, 'base64');
}

function readNumber(json: unknown, wrong: () => UserError): number {
  if (typeof json === 'number') return json;
  if (typeof json !== 'string' || json.trim() === '') throw wrong();
  const value = Number(json);
  if (Number.isFinite(value) || NON_FINITE.has(json)) return value;
  throw wrong();
}

/** 32-bit integers as numbers, 64-bit integers as decimal text. */
function readInteger(scalar: string, json: unknown, wrong: (expected: string) => UserError): number | string {
  const range = INTEGER_RANGES[scalar];
  if (range === undefined) throw new Error(`unknown scalar type ${scalar}`);
  const article = /^i/.test(scalar) ? 'an' : 'a';
  let value: bigint;
  if (typeof json === 'bigint') value = json;
  else if (typeof json === 'number' && Number.isInteger(json)) value = BigInt(json);
  else if (typeof json === 'string' && /^-?\d+$/.test(json)) value = BigInt(json);
  else throw wrong(`${article} ${scalar}`);
  if (value < range[0] || value > range[1]) throw wrong(`${article} ${scalar} (${range[0]} to ${range[1]})`);
  return scalar.endsWith('64') ? value.toString() : Number(value);
}
