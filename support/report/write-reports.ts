import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { badgeSvg, badgesOf } from './badges/badges.js';
import { conformanceOf } from './conformance/conformance.js';
import { page } from './html/page.js';
import { junitXml } from './junit/junit.js';
import { summaryMarkdown } from './markdown/summary.js';
import { type ResultsSource, writeResults } from './results/write-results.js';

export const RESULTS_FILE = 'results.json';
export const PAGE_FILE = 'index.html';
export const SUMMARY_FILE = 'summary.md';
export const JUNIT_FILE = 'junit.xml';
export const CONFORMANCE_FILE = 'conformance.yaml';
export const BADGES_FOLDER = 'badges';

/** Writes everything that follows from the results of a run into a folder. */
export function writeReports(folder: string, source: ResultsSource): void {
  writeResults(join(folder, RESULTS_FILE), source);
  writePage(join(folder, PAGE_FILE), source);
  writeParts(join(folder, JUNIT_FILE), junitXml(source));
  writeFileSync(join(folder, SUMMARY_FILE), summaryMarkdown(source));
  writeFileSync(join(folder, CONFORMANCE_FILE), stringify(conformanceOf(source), { lineWidth: 0 }));
  mkdirSync(join(folder, BADGES_FOLDER), { recursive: true });
  for (const badge of badgesOf(source))
    writeFileSync(join(folder, BADGES_FOLDER, `${badge.name}.svg`), badgeSvg(badge));
}

/** Writes the report that people read. */
export function writePage(path: string, source: ResultsSource): void {
  writeParts(path, page(source));
}

function writeParts(path: string, parts: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    for (const part of parts) writeSync(file, part);
  } finally {
    closeSync(file);
  }
}
