/**
 * `npm test`: gets everything ready and runs all tests with Node's own runner. Arguments choose test files by a part of
 * their path (`npm test -- language`); what begins with `--` goes to `node --test`.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { filesBelow, prepare, ROOT } from './prepare.mjs';

prepare();
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const parts = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const files = [...filesBelow('dist', '.test.js'), ...filesBelow('scripts', '.test.mjs')]
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  process.stderr.write(`no test file has ${parts.map((part) => `"${part}"`).join(' or ')} in its path\n`);
  process.exit(2);
}
// Lab tests build networks and measure time: many of them at once would disturb each other. One more than there are cores, since most of them
// wait for processes half of their time.
const concurrency = Math.min(4, availableParallelism() + 1);
const { status, signal } = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${concurrency}`,
    '--test-timeout=300000',
    ...options,
    ...files,
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
