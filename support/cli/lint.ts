import { Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

const FORMATS = ['text', 'json', 'github'] as const;
export type LintFormat = (typeof FORMATS)[number];

export function lintCommand(finish: (code: ExitCode) => void): Command {
  return new Command('lint')
    .summary('check features and settings')
    .description('Finds every mistake in features, environments, limitations, gates and mirrorspec.yaml; runs nothing.')
    .argument('[paths...]', 'files or folders (default: the whole project)')
    .addOption(
      new Option('--format <format>', 'how to print it (default: text; in GitHub Actions annotations, too)').choices(
        FORMATS,
      ),
    )
    .action(async (paths: readonly string[], { format }: { readonly format?: LintFormat }) => {
      const [{ lintProject }, { lintOutput }] = await Promise.all([
        import('./lint-project.js'),
        import('./lint-output.js'),
      ]);
      const cwd = process.cwd();
      const report = await lintProject(cwd, paths);
      process.stdout.write(await lintOutput(report, { format, cwd, env: process.env }));
      finish(report.mistakes.length === 0 ? EXIT.asExpected : EXIT.invalidInput);
    });
}
