import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT, type ExitCode, messageOf, UserError } from '../model/errors.js';
import type { Limitation } from '../model/limitation.js';
import type { LimitationReport } from './explain-limitation-text.js';
import type { SeenLimitations } from './run-limitations.js';

export function explainCommand(finish: (code: ExitCode) => void): Command {
  return new Command('explain')
    .summary('explain known limitations')
    .description('Lists the known limitations with what the last run saw of them, or explains one.')
    .argument('[limitation]', 'its id, for example L2')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .option('--report-dir <folder>', 'where the last run left its reports (default: "reports")')
    .action(async (id: string | undefined, options: { readonly format: string; readonly reportDir?: string }) => {
      const reports = await limitationReports(process.cwd(), options.reportDir);
      const chosen = id === undefined ? reports : [await findReport(id, reports)];
      const { explainText, listText } = await import('./explain-limitation-text.js');
      if (options.format === 'json') {
        process.stdout.write(`${JSON.stringify(id === undefined ? chosen : chosen[0], undefined, 2)}\n`);
      } else {
        process.stdout.write(id === undefined ? listText(chosen) : chosen.map(explainText).join(''));
      }
      finish(EXIT.asExpected);
    });
}

/**
 * All limitations of the project in `cwd`, each with the scenarios that are tagged with it and what the last run saw.
 * @throws {InvalidInput} with the mistakes in files of limitations.
 */
export async function limitationReports(cwd: string, reportDir?: string): Promise<readonly LimitationReport[]> {
  const [{ projectLimitations, readProject }, { projectFeatures }, { scenariosTagged }, { InvalidInput }] =
    await Promise.all([
      import('../language/settings/index.js'),
      import('./lint-project.js'),
      import('../language/lint/limitations.js'),
      import('./invalid-input.js'),
    ]);
  const { config } = await readProject(cwd);
  const { limitations, mistakes } = await projectLimitations(cwd, config.features);
  if (mistakes.length > 0) throw new InvalidInput(mistakes);
  const features = limitations.size === 0 ? [] : await projectFeatures(cwd, config);
  const last = lastRunIn(resolve(cwd, reportDir ?? config.reportDir ?? 'reports'));
  return [...limitations.values()].sort(byId).map((limitation) => ({
    ...limitation,
    taggedScenarios: scenariosTagged(features, limitation.id).map(({ name, at }) => ({
      name,
      location: `${at.file}:${at.line}`,
    })),
    ...(last === undefined
      ? {}
      : { lastRun: { at: last.at, seen: last.seen.filter((each) => each.limitation === limitation.id) } }),
  }));
}

async function findReport(id: string, reports: readonly LimitationReport[]): Promise<LimitationReport> {
  const found = reports.find((report) => report.id === id) ?? reports.find((report) => sameId(report.id, id));
  if (found !== undefined) return found;
  const { nearest } = await import('../model/nearest.js');
  const ids = reports.map((report) => report.id);
  const meant = nearest(id, ids);
  const help =
    meant !== undefined
      ? `did you mean ${meant}?`
      : ids.length === 0
        ? 'a limitation is declared in features/limitations/<id>.yaml; there is none yet'
        : `the limitations are ${ids.join(', ')}`;
  throw new UserError(`there is no limitation "${id}"\n  = help: ${help}`);
}

/** On a command line, `l2` is `L2`. */
function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** `L2` before `L10`, and that before `L10b`. */
function byId(a: Limitation, b: Limitation): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

/** What the run saw that left its reports in a folder; undefined where it saw nothing of limitations. */
export function lastRunIn(reportDir: string): SeenLimitations | undefined {
  const path = join(reportDir, 'limitations.json');
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SeenLimitations;
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
