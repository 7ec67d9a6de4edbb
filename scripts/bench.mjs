/** `npm run bench`: gets everything ready and runs the measurements. Arguments go to them. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, ROOT } from './prepare.mjs';

prepare();
process.chdir(ROOT);
const main = join(ROOT, 'dist/bench/main.js');
process.argv = [process.execPath, main, ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
