import { resolve } from 'node:path';
import { UserError } from '../model/errors.js';
import { compareResults } from '../report/history/compare.js';
import { describeResults } from '../report/history/described-run.js';
import { type Diff, diffJson, diffMarkdown, diffText } from '../report/history/diff-text.js';
import { differencesOf, isRegression } from '../report/history/differences.js';
import { readResults } from '../report/results/read-results.js';
import { sourceOf } from '../report/results/write-results.js';
import { shown } from './project.js';
import type { ReportFormat } from './report.js';
import { resultsFile } from './results-file.js';

export interface DiffRequest {
  readonly then: string;
  readonly now: string;
  readonly slowerBy?: number | undefined;
  readonly format: ReportFormat;
}

/** @throws {UserError} where results cannot be read, or have nothing in common. */
export async function reportDiff(
  cwd: string,
  { then, now, slowerBy, format }: DiffRequest,
): Promise<{ readonly text: string; readonly regression: boolean }> {
  const read = async (given: string) => {
    const path = resultsFile(resolve(cwd, given));
    return readResults(path, shown(path, cwd));
  };
  const [earlier, later] = [await read(then), await read(now)];
  const differences = differencesOf(compareResults(sourceOf(earlier), sourceOf(later)), slowerBy);
  if (differences.compared === 0) throw new UserError('nothing to compare: the two have no scenario in common');
  const diff: Diff = { before: describeResults(earlier), now: describeResults(later), differences };
  return { text: await written(diff, format), regression: isRegression(differences) };
}

async function written(diff: Diff, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'json':
      return diffJson(diff);
    case 'markdown':
      return diffMarkdown(diff);
    case 'text':
      return diffText(diff, (await import('chalk')).default);
  }
}
