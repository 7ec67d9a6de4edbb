/**
 * `npm run docs:limitations -- [folder]`: writes what the run whose reports are in the folder (default: reports) saw of the known
 * limitations into docs/limitations.md. Run all features before: `npm start`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

prepare();
const { limitationReports, lastRunIn } = await import('../dist/support/cli/explain-limitation.js');
const { limitationsTable, withTable } = await import('../dist/support/cli/limitations-table.js');

const DOCUMENT = join(ROOT, 'docs', 'limitations.md');
const folder = resolve(process.argv[2] ?? join(ROOT, 'reports'));
const run = existsSync(folder) ? lastRunIn(folder) : undefined;
if (run === undefined) {
  process.stderr.write(`${relative('', folder)} has no limitations.json: run the features before (npm start)\n`);
  process.exit(2);
}
const reports = await limitationReports(ROOT, folder);
writeFileSync(DOCUMENT, withTable(readFileSync(DOCUMENT, 'utf8'), limitationsTable(reports, run)));
process.stdout.write(`${relative('', DOCUMENT)} has what was seen on ${run.at}\n`);
