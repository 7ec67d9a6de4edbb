import { cpSync, existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../model/errors.js';
import type { Results } from '../model/results.js';
import { visibleText } from '../model/visible-text.js';
import { countsText, describeResults } from '../report/history/described-run.js';
import { EVIDENCE_FOLDER, isMerged, mergeResults } from '../report/merge/merge-results.js';
import { readResults } from '../report/results/read-results.js';
import { sourceOf } from '../report/results/write-results.js';
import { environmentLabel } from '../report/wording.js';
import { writeReports } from '../report/write-reports.js';
import { shown } from './project.js';
import { ReportDirectory } from './report-directory.js';
import { resultsFile } from './results-file.js';

export interface MergeRequest {
  readonly results: readonly string[];
  readonly out: string;
}

interface ReadInput {
  readonly folder: string;
  readonly shown: string;
  readonly results: Results;
}

/** Writes the merged reports with their evidence; returns what is to be said of it. */
export async function reportMerge(cwd: string, { results: given, out }: MergeRequest): Promise<string> {
  const target = resolve(cwd, out);
  const inputs: ReadInput[] = [];
  for (const each of given) {
    const path = resultsFile(resolve(cwd, each));
    const folder = dirname(path);
    if (folder === target)
      throw new UserError(`--out ${out}: the merged reports cannot take the place of what they are made of`);
    inputs.push({ folder, shown: shown(path, cwd), results: await readResults(path, shown(path, cwd)) });
  }
  const merged = mergeResults(inputs);
  const reports = new ReportDirectory(target);
  reports.prepare();
  try {
    for (const input of inputs) copyEvidence(input, reports.staging);
    writeReports(reports.staging, sourceOf(merged));
  } catch (error) {
    reports.discard();
    throw error;
  }
  const published = reports.publish();
  const commits = new Set(merged.runs.map(({ commit }) => commit?.sha));
  return [
    countsText(describeResults(merged)),
    ...merged.runs.map(({ id, environment, selection }) => {
      const shard = selection.shard === undefined ? '' : `, shard ${selection.shard}`;
      return visibleText(`  ${id}  ${environmentLabel(environment)}${shard}`);
    }),
    ...(commits.size > 1 ? ['note: these runs are of different commits'] : []),
    `reports: ${published.map((name) => `${shown(target, cwd)}/${name}`).join(', ')}`,
    '',
  ].join('\n');
}

/** The evidence of each run gets a folder of its own. */
function copyEvidence({ folder, results }: ReadInput, staging: string): void {
  const from = join(folder, EVIDENCE_FOLDER);
  const [run] = results.runs;
  if (!existsSync(from) || run === undefined) return;
  // The results may come from anywhere: a name of theirs must not lead out of the folder.
  if (!/^\w[\w.-]*$/.test(run.id))
    throw new UserError(`the run ${visibleText(run.id)} has an id that is no name of a folder`);
  cpSync(from, join(staging, EVIDENCE_FOLDER, ...(isMerged(results) ? [] : [run.id])), { recursive: true });
}
