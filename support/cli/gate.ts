import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

interface GateOptions {
  readonly policy: string;
  readonly baseline?: string;
  readonly format: 'text' | 'json' | 'markdown';
}

export function gateCommand(finish: (code: ExitCode) => void): Command {
  return new Command('gate')
    .summary('judge results by a policy')
    .description(
      'Judges the results of a run by the rules of a gate (features/gates/): says which do not hold, and why. 1: one does not.',
    )
    .argument('[results]', 'a results.json, or a folder of reports (default: "reports")')
    .requiredOption('--policy <name>', 'the gate: its name, or the path of its file')
    .option('--baseline <results>', 'earlier results to compare with, in place of those that the gate names')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json', 'markdown']).default('text'))
    .action(async (given: string | undefined, options: GateOptions) => {
      const cwd = process.cwd();
      const [{ readProject }, { gatePolicy }, { readResults }, { sourceOf }, { resultsFile }, { shown }] =
        await Promise.all([
          import('../language/settings/index.js'),
          import('./gate-policy.js'),
          import('../report/results/read-results.js'),
          import('../report/results/write-results.js'),
          import('./results-file.js'),
          import('./project.js'),
        ]);
      const { config } = await readProject(cwd);
      const { policy: name, baseline } = options;
      const policy = await gatePolicy({ cwd, name, option: '--policy', baseline, folders: config.features });
      const path = resultsFile(resolve(cwd, given ?? config.reportDir ?? 'reports'));
      const report = policy.judge(sourceOf(await readResults(path, shown(path, cwd))));
      const { gateOutput } = await import('./gate-output.js');
      process.stdout.write(await gateOutput(report, options.format));
      finish(report.ok ? EXIT.asExpected : EXIT.failed);
    });
}
