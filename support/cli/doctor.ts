import { Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

export function doctorCommand(finish: (code: ExitCode) => void): Command {
  return new Command('doctor')
    .summary('check what this machine lacks')
    .description('Checks whether this machine can run embedded labs, and says how to get what is missing.')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async ({ format }: { readonly format: 'text' | 'json' }) => {
      const { embeddedRequirements } = await import('./preflight.js');
      const requirements = await embeddedRequirements();
      const ok = requirements.every((requirement) => requirement.ok);
      if (format === 'json') {
        process.stdout.write(`${JSON.stringify({ environment: 'embedded', ok, requirements }, undefined, 2)}\n`);
      } else {
        const { doctorText } = await import('./doctor-text.js');
        process.stdout.write(doctorText(requirements));
      }
      finish(ok ? EXIT.asExpected : EXIT.environment);
    });
}
