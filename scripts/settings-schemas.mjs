/**
 * Are the schemas of settings and of results in `schemas/` those that the program uses? With --write they are brought up to date.
 * They are declared in `support/language/settings/*-schema.ts` and `support/report/results/results-schema.ts`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { prepare, ROOT } from './prepare.mjs';

prepare();
const { SETTINGS_SCHEMAS } = await import('../dist/support/language/settings/schemas.js');
const { RESULTS_SCHEMA } = await import('../dist/support/report/results/results-schema.js');
const { CONFORMANCE_SCHEMA } = await import('../dist/support/report/conformance/conformance-schema.js');
const stale = Object.entries({
  ...SETTINGS_SCHEMAS,
  'results.schema.json': RESULTS_SCHEMA,
  'conformance.schema.json': CONFORMANCE_SCHEMA,
})
  .map(([name, schema]) => ({ path: join(ROOT, 'schemas', name), schema }))
  .filter(
    ({ path, schema }) => !existsSync(path) || !isDeepStrictEqual(JSON.parse(readFileSync(path, 'utf8')), schema),
  );
if (!process.argv.includes('--write')) {
  for (const { path } of stale) console.error(`${path} is out of date: npm run docs:schemas`);
  process.exit(stale.length === 0 ? 0 : 1);
}
for (const { path, schema } of stale) writeFileSync(path, `${JSON.stringify(schema, undefined, 2)}\n`);
const files = stale.map(({ path }) => path);
if (files.length > 0) {
  const biome = join(ROOT, 'node_modules', '.bin', 'biome');
  process.exitCode = spawnSync(biome, ['format', '--write', ...files], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}
