import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

export const REPORT_FORMATS = ['text', 'json', 'markdown'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export function reportCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('report')
    .summary('compare, merge and follow results')
    .description(
      'Works on the results.json of runs. Wherever one is named, a folder of reports stands for the one in it.',
    );
  for (const each of [diffCommand(finish), mergeCommand(finish), trendsCommand(finish)]) {
    command.addCommand(each.helpOption('-h, --help', 'show help'));
  }
  return command;
}

function diffCommand(finish: (code: ExitCode) => void): Command {
  return new Command('diff')
    .summary('what has changed between two results')
    .description(
      'Tells what is newly red, green, untested, limited, flaky or slower, what is new and what is gone. 1: something has become worse.',
    )
    .argument('<then>', 'earlier results')
    .argument('<now>', 'later results')
    .option('--slower-by <percent>', 'how much longer a scenario may take before it is told (default: 50)', percent)
    .addOption(formatOption())
    .action(async (then: string, now: string, { slowerBy, format }: { slowerBy?: number; format: ReportFormat }) => {
      const { reportDiff } = await import('./report-diff.js');
      const { text, regression } = await reportDiff(process.cwd(), { then, now, slowerBy, format });
      process.stdout.write(text);
      finish(regression ? EXIT.failed : EXIT.asExpected);
    });
}

function mergeCommand(finish: (code: ExitCode) => void): Command {
  return new Command('merge')
    .summary('make one report of several')
    .description(
      'Puts the results of shards, of several environments, or of a run and its repetition together, and writes their reports.',
    )
    .argument('<results...>', 'results, or folders of reports')
    .requiredOption('--out <folder>', 'where the merged reports go')
    .action(async (results: readonly string[], { out }: { readonly out: string }) => {
      const { reportMerge } = await import('./report-merge.js');
      process.stdout.write(await reportMerge(process.cwd(), { results, out }));
      finish(EXIT.asExpected);
    });
}

function trendsCommand(finish: (code: ExitCode) => void): Command {
  return new Command('trends')
    .summary('what has become of scenarios over many runs')
    .description(
      'Pass rate and durations of all results below a folder, oldest first, and the scenarios that are flaky.',
    )
    .argument('<folder>', 'a folder with results of many runs')
    .addOption(formatOption())
    .action(async (folder: string, { format }: { readonly format: ReportFormat }) => {
      const { reportTrends } = await import('./report-trends.js');
      process.stdout.write(await reportTrends(process.cwd(), { folder, format }));
      finish(EXIT.asExpected);
    });
}

function formatOption(): Option {
  return new Option('--format <format>', 'how to print it').choices(REPORT_FORMATS).default('text');
}

function percent(value: string): number {
  const number = Number(value.replace(/\s*%$/, ''));
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) {
    throw new InvalidArgumentError('It must be a percentage, for example 20.');
  }
  return number;
}
