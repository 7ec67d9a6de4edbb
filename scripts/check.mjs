/** `npm run check`: everything that can be said about the project without running it. One line for each check. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

prepare();
const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const CHECKS = [
  {
    name: 'format, lint and dependency direction (biome)',
    command: [bin('biome'), 'ci', '--error-on-warnings', '--colors=off'],
  },
  { name: 'types (tsc)', command: [bin('tsc'), '--noEmit'] },
  {
    name: 'docs/steps.md and schemas/feature.schema.json follow from the steps',
    command: [process.execPath, 'scripts/steps-catalogue.mjs'],
  },
  {
    name: 'schemas of settings and results are those in use',
    command: [process.execPath, 'scripts/settings-schemas.mjs'],
  },
];

const results = await Promise.all(CHECKS.map(check));
process.exit(results.every(Boolean) ? 0 : 1);

function check({ name, command: [file, ...args] }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      if (code !== 0) process.stdout.write(Buffer.concat(output));
      process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'}  ${name}\n`);
      resolve(code === 0);
    });
  });
}
