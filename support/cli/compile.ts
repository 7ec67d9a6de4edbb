import { Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

export type Language = 'gherkin' | 'yaml';

interface CompileOptions {
  readonly to: Language;
  readonly out?: string;
  readonly force: boolean;
  readonly check: boolean;
}

export function compileCommand(finish: (code: ExitCode) => void): Command {
  return new Command('compile')
    .summary('turn YAML features into Gherkin, or Gherkin into YAML')
    .description('Shows YAML features as Gherkin, as they are run; or turns Gherkin features into YAML.')
    .argument('[paths...]', 'feature files or folders (default: "features")')
    .addOption(new Option('--to <language>', 'what to make of them').choices(['gherkin', 'yaml']).default('gherkin'))
    .option('--out <folder>', 'write files into this folder; their names are printed')
    .option('--force', 'overwrite files that exist', false)
    .option('--check', 'convert the result back, and fail unless the same scenarios would run', false)
    .action(async (paths: readonly string[], { to, out, force, check }: CompileOptions) => {
      const { compile } = await import('./compile-features.js');
      const request = { cwd: process.cwd(), paths, to, force, check, ...(out === undefined ? {} : { out }) };
      const { stdout, stderr } = await compile(request);
      process.stderr.write(stderr);
      process.stdout.write(stdout);
      finish(EXIT.asExpected);
    });
}
