import type { Schema } from '../schema-check-schema.js';

/** A schema with one of each kind of thing that schemas ask for. */
export const SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:mirrorspec:sample',
  type: 'object',
  additionalProperties: false,
  properties: {
    name: { title: 'name', description: 'What it is called.', type: 'string', pattern: '\\S' },
    kind: { title: 'kind', const: 'feature' },
    version: {
      title: 'version',
      description: 'The version of the mesh.',
      type: 'string',
      pattern: '^\\d+\\.\\d+$',
      examples: ['1.10', '1.9'],
    },
    secret: { type: 'string', pattern: '^[0-9]+$' },
    keep: { title: 'keep', description: 'Whether a failed lab is kept.', type: 'boolean' },
    tags: { type: 'array', minItems: 1, maxItems: 3, uniqueItems: true, items: { type: 'string' } },
    mode: { enum: ['quick', 'thorough'] },
    revision: { enum: ['1', '2'] },
    level: { enum: [1, 2] },
    headers: {
      type: 'object',
      propertyNames: { description: 'Names of headers have no spaces.', pattern: '^\\S+$' },
      additionalProperties: { type: 'string' },
    },
    call: {
      type: 'object',
      additionalProperties: false,
      required: ['protocol'],
      dependentRequired: { method: ['path'] },
      properties: {
        protocol: { $ref: '#/$defs/protocol' },
        count: { title: 'count', description: 'How many calls.', type: 'integer', minimum: 1, maximum: 1000 },
        method: { type: 'string' },
        path: { title: 'path', description: 'What is called.', type: 'string', examples: ['/'] },
      },
    },
    one: {
      type: 'object',
      minProperties: 1,
      maxProperties: 1,
      additionalProperties: false,
      properties: { a: { type: 'integer' }, b: { type: 'integer' }, c: { type: 'integer' } },
    },
    mirror: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      properties: { listen: { type: 'string' }, ports: { type: 'array', items: { type: 'integer' } } },
    },
    timeouts: {
      type: 'object',
      additionalProperties: false,
      properties: { call: { type: 'string', pattern: '^\\d+(\\.\\d+)? ?(ms|s|min|h)$' } },
    },
    mesh: {
      anyOf: [
        { enum: ['none', 'istio'] },
        {
          type: 'object',
          additionalProperties: false,
          properties: { kind: { enum: ['none', 'istio'] }, mtls: { enum: ['STRICT', 'PERMISSIVE'] } },
        },
      ],
    },
    target: {
      oneOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['host'],
          properties: { kind: { const: 'host' }, host: { type: 'string' } },
        },
        { $ref: '#/$defs/command' },
        {
          type: 'object',
          additionalProperties: false,
          required: ['path'],
          properties: {
            kind: { const: 'file' },
            path: { title: 'path', description: 'Where the file is.', type: 'string' },
          },
        },
      ],
    },
    size: { anyOf: [{ type: 'integer', minimum: 1 }, { $ref: '#/$defs/placeholder' }] },
  },
  $defs: {
    protocol: { title: 'protocol', enum: ['HTTP/1.1', 'HTTP/2'] },
    command: {
      type: 'object',
      additionalProperties: false,
      required: ['run', 'port'],
      properties: {
        run: { type: 'string' },
        port: { title: 'port', description: 'Where it listens.', type: 'integer' },
      },
    },
    placeholder: { title: 'a <placeholder>', type: 'string', pattern: '<[^<>]+>' },
  },
};
