import { Command } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

export function cleanCommand(finish: (code: ExitCode) => void): Command {
  return new Command('clean')
    .summary('end labs that were kept or left behind')
    .description('Ends every lab whose run is over. Labs of a run that still goes on are left alone.')
    .action(async () => {
      const { endLab, findLabs } = await import('../environment/embedded/leftovers.js');
      const labs = findLabs();
      for (const lab of labs) {
        if (lab.inUse) {
          process.stdout.write(`lab ${lab.id}: in use by process ${lab.runner}, left alone\n`);
          continue;
        }
        await endLab(lab);
        process.stdout.write(`lab ${lab.id}: ended (${lab.processes.length} processes)\n`);
      }
      if (labs.length === 0) process.stdout.write('nothing to clean\n');
      finish(EXIT.asExpected);
    });
}
