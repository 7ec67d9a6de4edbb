import { join } from 'node:path';
import { type ResultsSource, writeResults } from './results/write-results.js';

export const RESULTS_FILE = 'results.json';

/** Writes everything that follows from the results of a run into a folder. */
export function writeReports(folder: string, source: ResultsSource): void {
  writeResults(join(folder, RESULTS_FILE), source);
}
