/** Compares `docs/steps.md` with the steps as declared; `--write` brings it up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

const DOCUMENT = join(ROOT, 'docs', 'steps.md');

prepare();
const { printSteps, wrongExamples } = await import('../dist/support/cli/print-steps.js');

const problems = await wrongExamples(ROOT);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exit(1);

const catalogue = await printSteps(ROOT, [], 'markdown');
if (process.argv.includes('--write')) {
  writeFileSync(DOCUMENT, catalogue);
} else if (currentText() !== catalogue) {
  process.stderr.write('docs/steps.md is out of date: npm run docs:steps\n');
  process.exit(1);
}
process.exit(0);

function currentText() {
  try {
    return readFileSync(DOCUMENT, 'utf8');
  } catch {
    return '';
  }
}
