import type { Command } from 'commander';
import type { ProjectConfig, ResolvedEnvironment } from '../language/settings/index.js';
import { InvalidInput } from './invalid-input.js';

/** What the command line says of the environment. */
export interface EnvironmentOptions {
  readonly environment?: string;
  readonly set: readonly string[];
}

/** Adds `--environment` and `--set` to a command. */
export function withEnvironmentOptions(command: Command): Command {
  return command
    .option('-e, --environment <name>', 'where the scenarios run: a name, or the path of a file (default: "embedded")')
    .option(
      '--set <key=value>',
      "changes a value of the environment, for example timeouts.delivery='5 s'; may be repeated",
      collect,
      [],
    );
}

/**
 * The configuration of the project in `cwd` and the environment that is asked for.
 * @throws {InvalidInput} with all mistakes in files, environment variables and options.
 */
export async function settingsFor(
  cwd: string,
  { environment: name, set }: EnvironmentOptions,
): Promise<{ readonly project: ProjectConfig; readonly environment: ResolvedEnvironment }> {
  const { readProject, resolveEnvironment } = await import('../language/settings/index.js');
  const { config: project, mistakes } = await readProject(cwd);
  const request = { cwd, project, variables: process.env, set, ...(name === undefined ? {} : { name }) };
  const environment = await resolveEnvironment(request);
  const all = [...mistakes, ...environment.mistakes];
  if (all.length > 0 || environment.resolved === undefined) throw new InvalidInput(all);
  return { project, environment: environment.resolved };
}

/** The options that choose the same environment again, be it that variables chose it. */
export async function environmentOptionsOf({ environment, set }: EnvironmentOptions): Promise<readonly string[]> {
  const { assignmentsIn } = await import('../language/settings/assignments.js');
  const { MIRRORSPEC_ENVIRONMENT: named = '', MIRRORSPEC_SET: assigned = '' } = process.env;
  const name = environment ?? named;
  return [
    ...(name === '' ? [] : ['--environment', name]),
    ...[...assignmentsIn(assigned), ...set].flatMap((assignment) => ['--set', assignment]),
  ];
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
