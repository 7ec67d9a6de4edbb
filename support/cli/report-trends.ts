import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../model/errors.js';
import { RESULTS_SCHEMA_ID } from '../model/results.js';
import { TrendsRecorder } from '../report/history/trends.js';
import { trendsMarkdown, trendsText } from '../report/history/trends-text.js';
import { readResults } from '../report/results/read-results.js';
import { shown } from './project.js';
import type { ReportFormat } from './report.js';

/** All results below a folder; other files are left alone. */
export async function reportTrends(
  cwd: string,
  { folder, format }: { readonly folder: string; readonly format: ReportFormat },
): Promise<string> {
  const root = resolve(cwd, folder);
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError(`there is no folder "${folder}"`);
  }
  const recorder = new TrendsRecorder();
  for (const path of jsonFiles(root)) recorder.add(shown(path, cwd), await readResults(path, shown(path, cwd)));
  const { trends } = recorder;
  if (trends.points.length === 0) {
    throw new UserError(
      `there are no results of mirrorspec below "${folder}"\n  = help: keep the results.json of each run there, under any name that ends in .json`,
    );
  }
  switch (format) {
    case 'json':
      return `${JSON.stringify(trends, undefined, 2)}\n`;
    case 'markdown':
      return trendsMarkdown(trends);
    case 'text':
      return trendsText(trends, (await import('chalk')).default);
  }
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'utf8').slice(0, 200).includes(`"${RESULTS_SCHEMA_ID}"`))
    .sort();
}
