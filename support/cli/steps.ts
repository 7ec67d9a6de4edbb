import { Command, Option } from 'commander';
import type { CatalogueFormat } from '../language/catalogue.js';
import { EXIT, type ExitCode } from '../model/errors.js';

export function stepsCommand(finish: (code: ExitCode) => void): Command {
  return new Command('steps')
    .summary('list all steps')
    .description('Prints the step catalogue: all steps, or those in which every word occurs.')
    .argument('[words...]', 'what to look for, in any case')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(['text', 'markdown', 'json', 'editor'])
        .default('text'),
    )
    .action(async (words: readonly string[], { format }: { readonly format: CatalogueFormat }) => {
      const { printSteps } = await import('./print-steps.js');
      process.stdout.write(await printSteps(process.cwd(), words, format));
      finish(EXIT.asExpected);
    });
}
