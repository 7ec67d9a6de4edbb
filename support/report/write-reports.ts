import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { page } from './html/page.js';
import { summaryMarkdown } from './markdown/summary.js';
import { type ResultsSource, writeResults } from './results/write-results.js';

export const RESULTS_FILE = 'results.json';
export const PAGE_FILE = 'index.html';
export const SUMMARY_FILE = 'summary.md';

/** Writes everything that follows from the results of a run into a folder. */
export function writeReports(folder: string, source: ResultsSource): void {
  writeResults(join(folder, RESULTS_FILE), source);
  writePage(join(folder, PAGE_FILE), source);
  writeFileSync(join(folder, SUMMARY_FILE), summaryMarkdown(source));
}

/** Writes the report that people read. */
export function writePage(path: string, source: ResultsSource): void {
  const file = openSync(path, 'w');
  try {
    for (const part of page(source)) writeSync(file, part);
  } finally {
    closeSync(file);
  }
}
