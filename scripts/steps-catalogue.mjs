/**
 * Compares `docs/steps.md` and `schemas/feature.schema.json` with the steps as declared; `--write` brings them up to date.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { prepare, ROOT } from './prepare.mjs';

const DOCUMENT = join(ROOT, 'docs', 'steps.md');
const SCHEMA = join(ROOT, 'schemas', 'feature.schema.json');

prepare();
const { printSteps, wrongExamples } = await import('../dist/support/cli/print-steps.js');
const { schemasOf } = await import('../dist/support/cli/write-schemas.js');

const problems = await wrongExamples(ROOT);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);

const catalogue = await printSteps(ROOT, [], 'markdown');
const [{ text: schema }] = await schemasOf(ROOT, ['feature']);
const isSameSchema = isDeepStrictEqual(JSON.parse(currentText(SCHEMA) || 'null'), JSON.parse(schema));
if (process.argv.includes('--write')) {
  writeFileSync(DOCUMENT, catalogue);
  if (!isSameSchema) {
    writeFileSync(SCHEMA, schema);
    spawnSync(join(ROOT, 'node_modules', '.bin', 'biome'), ['format', '--write', SCHEMA], { stdio: 'inherit' });
  }
  process.exit(0);
}
const stale = [...(currentText(DOCUMENT) === catalogue ? [] : [DOCUMENT]), ...(isSameSchema ? [] : [SCHEMA])];
for (const file of stale) process.stderr.write(`${file} is out of date: npm run docs:steps\n`);
process.exit(stale.length === 0 ? 0 : 1);

function currentText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
