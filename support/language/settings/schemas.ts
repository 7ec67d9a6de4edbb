import { ENVIRONMENT_SCHEMA } from './environment-schema.js';
import { GATE_SCHEMA } from './gate-schema.js';
import { LIMITATION_SCHEMA } from './limitation-schema.js';
import { PROJECT_SCHEMA } from './project-schema.js';
import type { Schema } from './schema.js';

/** The schemas of settings, by the name of their file in `schemas/`. The files are written from here. */
export const SETTINGS_SCHEMAS: Readonly<Record<string, Schema>> = {
  'environment.schema.json': ENVIRONMENT_SCHEMA,
  'gate.schema.json': GATE_SCHEMA,
  'limitation.schema.json': LIMITATION_SCHEMA,
  'project.schema.json': PROJECT_SCHEMA,
};
