/**
 * `node scripts/istio-scenarios.mjs [folder]`: the scenarios of the run whose reports are in the folder (default: reports) in which
 * an Istio sidecar took part, as `mirrorspec run @file` takes them: those that have to hold on another engine, too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const results = join(resolve(process.argv[2] ?? 'reports'), 'results.json');
if (!existsSync(results)) {
  process.stderr.write(`${relative('', results)} is not there: run the features before (npm start)\n`);
  process.exit(2);
}
const linesOf = new Map();
for (const { uri, line, cells } of JSON.parse(readFileSync(results, 'utf8')).scenarios) {
  // A scenario that never came to a situation does not say what its mesh is: it is not left out for that.
  if (cells.length > 0 && !cells.some(({ mesh }) => mesh === 'istio')) continue;
  linesOf.set(uri, (linesOf.get(uri) ?? new Set()).add(line));
}
for (const [uri, lines] of linesOf) process.stdout.write(`${[uri, ...lines].join(':')}\n`);
