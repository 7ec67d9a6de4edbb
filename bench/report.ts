import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceOf } from '../support/report/results/write-results.js';
import { largeResults } from '../support/report/testing/hostile-results.js';
import { writeReports } from '../support/report/write-reports.js';
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
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
