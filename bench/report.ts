import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '../support/report/results/write-results.js';
import { largeResults } from '../support/report/testing/hostile-results.js';
import { writeReports } from '../support/report/write-reports.js';
import { findChromium, launchChromium, type PageWork, workOfLargePage } from './page-in-browser.js';
import { median, type Row, spread, timed } from './row.js';

const RUNS = 5;

/** How long the reports of large runs take to write, and how large the page is. Each scenario has a call that is drawn. */
export async function reportRows(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-bench-'));
  try {
    const rows: Row[] = [];
    for (const { count, bound } of [{ count: 1_000, bound: 2 }, { count: 10_000 }]) {
      const source = sourceOf(largeResults(count));
      const seconds: number[] = [];
      for (let run = -1; run < RUNS; run += 1) {
        const time = await timed(async () => writeReports(folder, source));
        if (run >= 0) seconds.push(time);
      }
      const megabytes = statSync(join(folder, 'index.html')).size / 1e6;
      const what = `reports of ${count.toLocaleString('en')} scenarios: results.json, index.html, summary.md`;
      rows.push({
        what,
        figure: `${spread(seconds)}; index.html ${megabytes.toFixed(1)} MB`,
        ...(bound === undefined
          ? {}
          : { bound: `≤ ${bound} s, ≤ 15 MB`, holds: median(seconds) <= bound && megabytes <= 15 }),
      });
    }
    return [...rows, ...(await browserRows(`file://${join(folder, 'index.html')}`))];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How the page of 10,000 scenarios does in headless Chromium, where there is one. */
async function browserRows(address: string): Promise<Row[]> {
  const chromium = findChromium();
  if (chromium === undefined) {
    return [{ what: 'the page of 10,000 scenarios in a browser', figure: 'not measured: no Chromium was found' }];
  }
  const browser = await launchChromium(chromium);
  try {
    const work: PageWork[] = [];
    for (let run = -1; run < RUNS; run += 1) {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      const each = await workOfLargePage(page, address);
      if (run >= 0) work.push(each);
      await page.close();
    }
    const row = (what: string, seconds: readonly number[]): Row => ({
      what: `the page of 10,000 scenarios in Chromium, work of its thread: ${what}`,
      figure: spread(seconds),
      bound: '≤ 1 s',
      holds: median(seconds) <= 1,
    });
    return [
      row(
        'opens',
        work.map(({ opened }) => opened),
      ),
      row(
        'filters',
        work.map(({ filtered }) => filtered),
      ),
    ];
  } finally {
    await browser.close();
  }
}
