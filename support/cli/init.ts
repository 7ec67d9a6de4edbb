import { Command } from 'commander';
import { EXIT, type ExitCode } from '../model/errors.js';

interface InitOptions {
  readonly javascript: boolean;
  readonly force: boolean;
}

export function initCommand(finish: (code: ExitCode) => void): Command {
  return new Command('init')
    .summary('make a project that runs at once')
    .description(
      'Makes features in Gherkin and YAML, a step and a workload of your own, an environment, editor settings and a pipeline. What exists is left alone.',
    )
    .argument('[folder]', 'where; it is made when it does not exist', '.')
    .option('--javascript', 'own steps in JavaScript instead of TypeScript', false)
    .option('--force', 'write the files over those of the same name', false)
    .action(async (folder: string, { javascript, force }: InitOptions) => {
      const { makeProject } = await import('./init/make-project.js');
      const { projectText } = await import('./init/project-text.js');
      const { addEditorFiles } = await import('./init/editor-files.js');
      const cwd = process.cwd();
      const request = { cwd, folder, language: javascript ? 'javascript' : 'typescript', force } as const;
      process.stdout.write(projectText(await addEditorFiles(makeProject(request), request), cwd));
      finish(EXIT.asExpected);
    });
}
