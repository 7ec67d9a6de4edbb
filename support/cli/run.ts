import { relative, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { ProjectConfig } from '../language/settings/index.js';
import { type ExitCode, UserError } from '../model/errors.js';
import { newRedactionKey } from '../model/redaction.js';
import type { GatePolicy } from './gate-policy.js';
import { type EnvironmentOptions, environmentOptionsOf, settingsFor, withEnvironmentOptions } from './settings.js';

interface RunOptions extends EnvironmentOptions {
  readonly tags?: string;
  readonly name: readonly string[];
  readonly parallel?: number | 'auto';
  readonly retry?: number;
  readonly shard?: string;
  readonly keep: boolean;
  readonly dryRun: boolean;
  readonly reportDir?: string;
  readonly watch: boolean;
  readonly gate?: string;
  readonly baseline?: string;
}

export function runCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('run')
    .summary('run features')
    .description('Checks features, runs their scenarios and leaves a report.')
    .argument(
      '[paths...]',
      'features (.feature, .yaml), folders, file:LINE, or @file with paths (default: "features")',
    );
  return withEnvironmentOptions(command)
    .option('-t, --tags <expression>', "only scenarios whose tags match, for example '@smoke and not @slow'")
    .option('-n, --name <regexp>', 'only scenarios whose name matches; may be repeated', collect, [])
    .option('-p, --parallel <n>', 'how many scenarios at once (default: auto, one for each core)', workers)
    .option('--retry <n>', 'how often a failed scenario is tried again (default: 0)', count)
    .option('--shard <i/n>', 'only the i-th of n equal parts of the scenarios', shardOf)
    .option('--keep', 'leave the lab of a failed scenario running; `mirrorspec clean` ends it', false)
    .option('--dry-run', 'check everything and list the scenarios, but run nothing', false)
    .option('--report-dir <folder>', 'where the reports go (default: "reports")')
    .option('--gate <name>', 'judge the run by a gate: its name, or the path of its file')
    .option('--baseline <results>', 'earlier results for the gate to compare with')
    .option('-w, --watch', 'run again what changes, until you quit', false)
    .action(async (given: readonly string[], options: RunOptions) => {
      const cwd = process.cwd();
      const watched = options.watch ? (await import('./watched-run.js')).watchedRun() : undefined;
      if (options.watch && watched === undefined) return finish(await watchOver(cwd, given, options));
      const { runScenarios } = await import('./run-scenarios.js');
      const { project, environment } = await settingsFor(cwd, options);
      const { name: names, shard, keep, dryRun } = options;
      finish(
        await runScenarios({
          cwd,
          paths: watched === undefined || watched === 'everything' ? await pathsToRun(given, project) : watched,
          tags: options.tags ?? project.tags ?? '',
          names,
          parallel: options.parallel ?? project.parallel ?? 'auto',
          retry: options.retry ?? project.retry ?? 0,
          shard,
          keep,
          dryRun,
          reportDir: reportDirOf(options, project),
          featureFolders: project.features,
          protoPath: project.protoPath,
          redact: { ...project.redact, key: newRedactionKey() },
          environment,
          environmentOptions: await environmentOptionsOf(options),
          gate: await gateOf(cwd, options, project),
          watched,
        }),
      );
    });
}

/** None for the default folder: messages about it differ from those about one that was named. */
async function pathsToRun(given: readonly string[], project: ProjectConfig): Promise<readonly string[]> {
  const { DEFAULT_PROJECT } = await import('../language/settings/index.js');
  return given.length === 0 && project.features !== DEFAULT_PROJECT.features ? project.features : given;
}

/** Read before anything runs: a mistake in it costs no run, and earlier results may be those that this run replaces. */
export async function gateOf(
  cwd: string,
  { gate: name, baseline, shard }: Pick<RunOptions, 'gate' | 'baseline' | 'shard'>,
  { features: folders }: ProjectConfig,
): Promise<GatePolicy | undefined> {
  if (name === undefined) {
    if (baseline !== undefined) throw new UserError('--baseline is for a gate: name it with --gate');
    return undefined;
  }
  if (shard !== undefined) {
    throw new UserError(
      'a gate judges all parts of a run together: leave --gate out here, then\n  `mirrorspec report merge` and `mirrorspec gate`',
    );
  }
  const { gatePolicy } = await import('./gate-policy.js');
  return gatePolicy({ cwd, name, option: '--gate', baseline, folders });
}

export function reportDirOf(options: Pick<RunOptions, 'reportDir'>, project: ProjectConfig): string {
  return options.reportDir ?? project.reportDir ?? 'reports';
}

async function watchOver(cwd: string, given: readonly string[], options: RunOptions): Promise<ExitCode> {
  const { watch } = await import('./watch.js');
  const { readProject } = await import('../language/settings/index.js');
  // Mistakes in it are told by the run that is watched over, which reads it again each time.
  const { config } = await readProject(cwd);
  const paths = given.length === 0 ? config.features : given;
  return watch(cwd, { paths, reportDir: relative(cwd, resolve(cwd, reportDirOf(options, config))) });
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  try {
    new RegExp(value);
  } catch {
    throw new InvalidArgumentError('It is not a regular expression.');
  }
  return [...previous, value];
}

/** Reads `--parallel`. */
export function workers(value: string): number | 'auto' {
  if (value === 'auto') return 'auto';
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError('It must be a whole number from 1 on, or "auto".');
  return number;
}

/** Reads a number of tries. */
export function count(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isInteger(number) || number < 0) {
    throw new InvalidArgumentError('It must be a whole number from 0 on.');
  }
  return number;
}

function shardOf(value: string): string {
  const [, index, total] = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(value) ?? [];
  if (index === undefined || Number(index) > Number(total)) {
    throw new InvalidArgumentError('It must be i/n, the i-th of n parts, for example 1/3.');
  }
  return value;
}
