import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode, UserError } from '../../model/errors.js';
import { mirrordVersion } from '../../model/mirrord-version.js';
import { writeFault } from '../../model/write-fault.js';
import { plural } from '../../report/progress.js';
import { readResults } from '../../report/results/read-results.js';
import { RESULTS_FILE } from '../../report/write-reports.js';
import { InvalidInput } from '../invalid-input.js';
import { knownLimitations } from '../known-limitations.js';
import { shown } from '../project.js';
import type { RunRequest } from '../run-scenarios.js';
import { featureFile, MATRIX_FEATURE } from './feature-file.js';
import { decidedCells, undecided } from './outcome.js';
import { cellName, type MatrixSelection, planMatrix } from './plan.js';
import { causesText, matrixTable, planText } from './table.js';

/** Characters of a line where the terminal does not say. */
const WIDTH = 132;

export interface MatrixRequest {
  readonly selection: MatrixSelection;
  /** Only say what would run. */
  readonly list: boolean;
  readonly run: Omit<RunRequest, 'paths' | 'tags' | 'names' | 'shard' | 'dryRun' | 'watched'>;
}

/**
 * Runs a scenario for each cell, as a feature that it leaves in the report folder, and tells what became of each.
 * @throws {UserError} where no cell is left, and what running scenarios throws.
 */
export async function runMatrix({ selection, list, run }: MatrixRequest): Promise<ExitCode> {
  const { cwd, environment } = run;
  const { limitations, mistakes } = await knownLimitations(cwd, run.featureFolders);
  if (mistakes.length > 0) throw new InvalidInput(mistakes);
  const { kind, mirror } = environment.settings;
  const plan = planMatrix(selection, {
    environment: kind,
    ...(mirror.version === undefined ? {} : { mirrord: mirrordVersion(mirror.version) }),
    limitations,
  });
  if (plan.cells.length === 0) throw new UserError(`no cell is left to run:\n${planText(plan).trimEnd()}`);
  if (list) {
    process.stdout.write(`${plan.cells.map((cell) => cellLine(cell)).join('\n')}\n\n${planText(plan).trimEnd()}\n`);
    return EXIT.asExpected;
  }
  process.stdout.write(planText(plan));

  const folder = resolve(cwd, run.reportDir);
  const path = join(folder, MATRIX_FEATURE);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, featureFile(plan.cells, shown(path, cwd)));
  } catch (error) {
    throw writeFault(error, 'the matrix', folder) ?? error;
  }
  const began = new Date().toISOString();
  const { runScenarios } = await import('../run-scenarios.js');
  const code = await runScenarios({
    ...run,
    paths: [shown(path, cwd)],
    tags: '',
    names: [],
    shard: undefined,
    dryRun: false,
  });
  const resultsPath = join(folder, RESULTS_FILE);
  const results = existsSync(resultsPath) ? await readResults(resultsPath) : undefined;
  // Earlier results are not those of this run.
  if (results === undefined || (results.runs[0]?.startedAt ?? '') < began) return code;
  const decided = decidedCells(plan.cells, results);
  const { default: chalk } = await import('chalk');
  process.stdout.write(
    `\n${matrixTable(decided, process.stdout.columns ?? WIDTH, chalk)}\n${causesText(decided, chalk)}`,
  );
  const open = undecided(decided).length;
  if (open === 0 || code !== EXIT.asExpected) return code;
  process.stderr.write(`error: ${plural(open, 'cell')} came to nothing\n`);
  return EXIT.failed;
}

function cellLine(
  cell: Parameters<typeof cellName>[0] & { readonly limitations: readonly { readonly id: string }[] },
): string {
  const ids = cell.limitations.map(({ id }) => id).join(', ');
  return ids === '' ? cellName(cell) : `${cellName(cell)} (${ids})`;
}
