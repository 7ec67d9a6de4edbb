import { renderDiagnostics } from '../language/render-diagnostics.js';
import { projectLimitations, readProject, resolveEnvironment } from '../language/settings/index.js';
import { UserError } from '../model/errors.js';
import { newRedactionKey } from '../model/redaction.js';
import { hasSettings, namedEnvironment, RUN_PARAMETERS_KEY } from '../model/run-parameters.js';

/**
 * Puts the settings of the environment and the known limitations into the world parameters of plain cucumber-js, which name an
 * environment at most. `mirrorspec run` has
 * done that already.
 * @throws {UserError} with all mistakes in the environment's file, limitations, the project's configuration and environment variables.
 */
export async function settleEnvironment(worldParameters: unknown): Promise<void> {
  if (hasSettings(worldParameters)) return;
  const cwd = process.cwd();
  const name = namedEnvironment(worldParameters);
  const { config, mistakes } = await readProject(cwd);
  const request = { cwd, project: config, variables: process.env, ...(name === undefined ? {} : { name }) };
  const [{ resolved, mistakes: unclear }, { limitations, mistakes: unread }] = await Promise.all([
    resolveEnvironment(request),
    projectLimitations(cwd, config.features),
  ]);
  const all = [...mistakes, ...unclear, ...unread];
  if (resolved === undefined || all.length > 0) {
    const { Chalk } = await import('chalk');
    throw new UserError(renderDiagnostics(all, new Chalk({ level: 0 })));
  }
  const parameters = worldParameters as Record<string, unknown>;
  parameters[RUN_PARAMETERS_KEY] = {
    protoPath: config.protoPath,
    limitations: [...limitations.values()],
    redact: { ...config.redact, key: newRedactionKey() },
    ...(parameters[RUN_PARAMETERS_KEY] as object | undefined),
    environment: resolved.settings,
  };
}
