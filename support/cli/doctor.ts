import { Command, Option } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';
import { type EnvironmentOptions, settingsFor, withEnvironmentOptions } from './settings.js';

interface DoctorOptions extends EnvironmentOptions {
  readonly format: 'text' | 'json';
}

export function doctorCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('doctor')
    .summary('show the environment, and check what it lacks')
    .description(
      'Prints every value of the environment and where it comes from, and checks whether this machine can run scenarios there and how to get what is missing.',
    );
  return withEnvironmentOptions(command)
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (options: DoctorOptions) => {
      const { environment } = await settingsFor(process.cwd(), options);
      const { requirementsOf } = await import('./preflight.js');
      const { settingsJson, settingsText } = await import('./settings-text.js');
      const requirements = await requirementsOf(environment.settings);
      const ok = requirements.every((requirement) => requirement.ok || requirement.only !== undefined);
      if (options.format === 'json') {
        process.stdout.write(`${JSON.stringify({ ok, ...settingsJson(environment), requirements }, undefined, 2)}\n`);
      } else {
        const { doctorText } = await import('./doctor-text.js');
        process.stdout.write(`${settingsText(environment)}\n${doctorText(requirements)}`);
      }
      finish(ok ? EXIT.asExpected : EXIT.environment);
    });
}
