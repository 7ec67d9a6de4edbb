/** `npm start`: gets everything ready and runs the features. Arguments go to `mirrorspec run`. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, ROOT } from './prepare.mjs';

prepare();
process.chdir(ROOT);
const main = join(ROOT, 'dist/support/cli/main.js');
process.argv = [process.execPath, main, 'run', ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
