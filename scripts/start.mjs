/**
 * `npm start`: gets everything ready, runs the features, and judges them by `features/gates/release.yaml`. Arguments go to
 * `mirrorspec run`; where they choose scenarios or another environment, the gate, which is about all of them, is left out.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, ROOT } from './prepare.mjs';

prepare();
process.chdir(ROOT);
const main = join(ROOT, 'dist/support/cli/main.js');
const given = process.argv.slice(2);
const gate = runsEverything(given) ? ['--gate', 'release'] : [];
process.argv = [process.execPath, main, 'run', ...gate, ...given];
await import(pathToFileURL(main).href);

/** Whether the arguments say nothing but how to run. */
function runsEverything(args) {
  const rest = [...args];
  while (/^(-p|--(parallel|retry|report-dir|keep|baseline))(=|$)/.test(rest[0] ?? '')) {
    const option = rest.shift();
    if (option !== '--keep' && !option.includes('=')) rest.shift();
  }
  return rest.length === 0 && (process.env.MIRRORSPEC_ENVIRONMENT ?? '') === '';
}
