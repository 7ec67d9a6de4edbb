import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { declaredParameterTypes } from '../language/parameter-type.js';
import { readProject } from '../language/settings/index.js';
import { SETTINGS_SCHEMAS } from '../language/settings/schemas.js';
import { declaredSteps } from '../language/step.js';
import { featureSchema } from '../language/yaml/feature-schema.js';
import { messageOf, UserError } from '../model/errors.js';
import type { Schema } from '../model/json-schema.js';
import { CONFORMANCE_SCHEMA } from '../report/conformance/conformance-schema.js';
import { RESULTS_SCHEMA } from '../report/results/results-schema.js';
import { InvalidInput } from './invalid-input.js';
import { loadSteps } from './load-steps.js';
import type { SchemaKind } from './schema.js';

/** A schema as it is printed and written. */
export interface SchemaFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The schemas as the project in `cwd` needs them: actions of features are its steps.
 * @throws {InvalidInput} where the project's configuration, which names the folders of its steps, is mistaken.
 */
export async function schemasOf(cwd: string, kinds: readonly SchemaKind[]): Promise<readonly SchemaFile[]> {
  if (kinds.includes('feature')) {
    const { mistakes } = await readProject(cwd);
    if (mistakes.length > 0) throw new InvalidInput(mistakes);
    await loadSteps(cwd);
  }
  return kinds.map((kind) => {
    const name = `${kind}.schema.json`;
    return { name, text: `${JSON.stringify(schemaOf(kind, name), undefined, 2)}\n` };
  });
}

function schemaOf(kind: SchemaKind, name: string): Schema | undefined {
  if (kind === 'feature') return featureSchema(declaredSteps(), declaredParameterTypes());
  if (kind === 'results') return RESULTS_SCHEMA;
  return kind === 'conformance' ? CONFORMANCE_SCHEMA : SETTINGS_SCHEMAS[name];
}

/** Writes schemas into a folder, made where it is missing, and says where they are. */
export function writeSchemas(schemas: readonly SchemaFile[], folder: string): string {
  try {
    mkdirSync(resolve(folder), { recursive: true });
    for (const { name, text } of schemas) writeFileSync(resolve(folder, name), text);
  } catch (error) {
    throw new UserError(`the schemas cannot be written to ${folder}: ${messageOf(error)}`, { cause: error });
  }
  return schemas.map(({ name }) => `${join(folder, name)}\n`).join('');
}
