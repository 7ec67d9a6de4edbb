import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeFault } from '../model/write-fault.js';
import { badgeSvg, badgesOf } from './badges/badges.js';
import { conformanceOf } from './conformance/conformance.js';
import { page } from './html/page.js';
import { junitXml } from './junit/junit.js';
import { summaryMarkdown } from './markdown/summary.js';
import { type ResultsSource, writeResults } from './results/write-results.js';
import { writeParts } from './write-parts.js';

export const RESULTS_FILE = 'results.json';
export const PAGE_FILE = 'index.html';
export const SUMMARY_FILE = 'summary.md';
export const JUNIT_FILE = 'junit.xml';
export const CONFORMANCE_FILE = 'conformance.yaml';
export const BADGES_FOLDER = 'badges';

/** Writes everything that follows from the results of a run into a folder. */
export function writeReports(folder: string, source: ResultsSource): void {
  writeResults(join(folder, RESULTS_FILE), source);
  unlessItFails(PAGE_FILE, (path) => writePage(path, source));
  unlessItFails(JUNIT_FILE, (path) => writeParts(path, junitXml(source)));
  unlessItFails(SUMMARY_FILE, (path) => writeFileSync(path, summaryMarkdown(source)));
  unlessItFails(CONFORMANCE_FILE, (path) => writeFileSync(path, stringify(conformanceOf(source), { lineWidth: 0 })));
  unlessItFails(BADGES_FOLDER, (path) => {
    mkdirSync(path, { recursive: true });
    for (const badge of badgesOf(source)) writeFileSync(join(path, `${badge.name}.svg`), badgeSvg(badge));
  });

  /** A report that cannot be made must not cost the others, of which `results.json` holds everything. */
  function unlessItFails(name: string, write: (path: string) => void): void {
    try {
      write(join(folder, name));
    } catch (error) {
      // What does not fit does not fit: to go on would leave half a report that seems to be whole.
      if (writeFault(error, name, folder) !== undefined) throw error;
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const words = `${name} is not complete; ${RESULTS_FILE} has everything that it was to show`;
      process.stderr.write(`internal error: ${words}\n${reason}\n`);
    }
  }
}

/** Writes the report that people read. */
export function writePage(path: string, source: ResultsSource): void {
  writeParts(path, page(source));
}
