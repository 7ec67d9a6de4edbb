import { statSync } from 'node:fs';
import { join } from 'node:path';
import { RESULTS_FILE } from '../report/write-reports.js';

/** A folder of reports stands for the results in it. */
export function resultsFile(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, RESULTS_FILE) : path;
}
