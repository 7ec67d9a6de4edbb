import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';
import { DEFAULT_VALUES } from './default-values.js';
import { ENVIRONMENT_PROPERTIES } from './environment-schema.js';
import { DEFAULT_PROJECT } from './project.js';
import { resolveEnvironment } from './resolve.js';
import type { Schema } from './schema.js';
import { SETTINGS_SCHEMAS } from './schemas.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

describe('the schemas of settings', () => {
  for (const [name, schema] of Object.entries(SETTINGS_SCHEMAS)) {
    it(`schemas/${name} is the one that the program uses`, () => {
      assert.deepEqual(JSON.parse(read(`schemas/${name}`)), schema, 'npm run docs:schemas brings it up to date');
    });

    it(`${name} is accepted by ajv in strict mode, and shows a title and a description for every key`, () => {
      assert.ok(new Ajv2020({ strict: true, allErrors: true }).compile(schema));
      const silent = propertiesBelow(schema, '').filter(({ property }) => !saysWhatItIs(property));
      assert.deepEqual(
        silent.map(({ path }) => path),
        [],
      );
    });

    it(`${name} shows defaults and examples that it admits itself`, () => {
      const ajv = new Ajv2020({ strict: true });
      const wrong = propertiesBelow(schema, '').flatMap(({ path, property }) => {
        const { default: preset, examples = [] } = property as { default?: unknown; examples?: unknown[] };
        const shown = preset === undefined ? examples : [preset, ...examples];
        const validate = ajv.compile(property);
        return shown.filter((value) => !validate(value)).map((value) => `${path}: ${JSON.stringify(value)}`);
      });
      assert.deepEqual(wrong, []);
    });
  }
});

describe('the environments that are shipped', () => {
  const folder = 'features/environments';
  const files = readdirSync(`${ROOT}${folder}`);

  for (const file of files) {
    it(`${file} names its schema and is valid`, async () => {
      assert.match(
        read(`${folder}/${file}`),
        /^# yaml-language-server: \$schema=\.\.\/\.\.\/schemas\/environment\.schema\.json\n/,
      );
      const { mistakes, resolved } = await resolve(`${folder}/${file}`);
      assert.deepEqual(mistakes, []);
      assert.ok(resolved?.settings.description);
    });
  }

  it('embedded.yaml writes out every default of an embedded environment', async () => {
    const { resolved } = await resolve(`${folder}/embedded.yaml`);
    assert.ok(resolved);
    const { description: _, ...settings } = resolved.settings;
    assert.deepEqual(settings, DEFAULT_SETTINGS);
    assert.deepEqual(
      resolved.values.filter(({ from, value }) => from === 'default' && value !== null),
      [],
    );
  });
});

describe('docs/environments.md', () => {
  const rows = new Map(
    read('docs/environments.md')
      .split('\n')
      .flatMap((line) => {
        const [, key, , preset] = line.split('|').map((cell) => cell.trim());
        return key?.startsWith('`') && preset !== undefined ? [[key.replaceAll('`', ''), preset] as const] : [];
      }),
  );

  it('has a row for every key of an environment, with its default', () => {
    const shown = (value: unknown): string => (value === undefined ? '–' : `\`${value}\``);
    const expected = [...DEFAULT_VALUES].map(([key, value]) => [key, shown(key === 'mesh.mtls' ? 'STRICT' : value)]);
    const documented = expected.map(([key = '']) => [key, rows.get(key)?.split(' (')[0]]);
    assert.deepEqual(documented, expected);
  });

  it('has a row for every key of mirrorspec.yaml', () => {
    const keys = Object.keys((SETTINGS_SCHEMAS['project.schema.json'] as { properties: object }).properties);
    assert.deepEqual(
      keys.filter((key) => !rows.has(key)),
      [],
    );
  });
});

it('every key of an environment that can be set has a default value', () => {
  const sections = new Set([...DEFAULT_VALUES.keys()].map((key) => key.split('.')[0]));
  assert.deepEqual(new Set(Object.keys(ENVIRONMENT_PROPERTIES)), sections);
});

function resolve(path: string) {
  return resolveEnvironment({ cwd: ROOT, project: DEFAULT_PROJECT, variables: {}, name: path });
}

interface Property {
  readonly path: string;
  readonly property: Schema;
}

/** Every property of a schema, however deep. */
function propertiesBelow(schema: unknown, path: string): Property[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((each) => propertiesBelow(each, path));
  const { properties = {}, items, anyOf } = schema as { properties?: object; items?: unknown; anyOf?: unknown };
  const own = Object.entries(properties).map(([key, property]) => ({ path: `${path}.${key}`, property }));
  return [
    ...own,
    ...own.flatMap((each) => propertiesBelow(each.property, each.path)),
    ...propertiesBelow(items, `${path}[]`),
    ...propertiesBelow(anyOf, path),
  ];
}

function saysWhatItIs({ title, description }: Schema): boolean {
  return typeof title === 'string' && typeof description === 'string' && title !== '' && description !== '';
}
