import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DEFAULT_SETTINGS, type EnvironmentSettings } from '../../model/environment-settings.js';
import { DEFAULT_MTLS, mtlsOf } from '../../model/situation.js';
import { type Diagnostic, sortDiagnostics } from '../diagnostic.js';
import { entryOf, plainValue } from '../yaml/node.js';
import { assignmentsIn, readAssignments } from './assignments.js';
import { valueMistakes } from './check-values.js';
import { DEFAULT_VALUES } from './default-values.js';
import { ENVIRONMENT_SCHEMA } from './environment-schema.js';
import { findEnvironment } from './find-environment.js';
import { type SettingValue, settingValue, valuesOf } from './layer.js';
import type { ProjectConfig } from './project.js';
import { readSettings } from './read-settings.js';
import { settingsOf } from './settings-of.js';

export interface EnvironmentRequest {
  readonly cwd: string;
  readonly project: ProjectConfig;
  /** `process.env` or what stands for it: `MIRRORSPEC_ENVIRONMENT`, `MIRRORSPEC_SET` and `MIRRORSPEC_ENVOY` are read. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `--environment`: a name or path. */
  readonly name?: string;
  /** Each `--set`, in order. */
  readonly set?: readonly string[];
}

/** An environment's settings, and where each of them comes from. */
export interface ResolvedEnvironment {
  readonly settings: EnvironmentSettings;
  /** Its file as a reader finds it, or `shipped with mirrorspec`. */
  readonly source: string;
  /** In the order in which people read them; without those that say nothing for its kind. */
  readonly values: readonly { readonly key: string; readonly value: unknown; readonly from: string }[];
  /** Whether all of it is as it would be if nobody had said anything. */
  readonly isDefault: boolean;
}

/**
 * The environment that is asked for. The strongest wins: options, then environment variables, then the project's
 * configuration, then the environment's file, then the defaults.
 */
export async function resolveEnvironment(
  request: EnvironmentRequest,
): Promise<{ readonly resolved?: ResolvedEnvironment; readonly mistakes: readonly Diagnostic[] }> {
  const { project, variables } = request;
  const file = await readFileOf(request);
  const variable = await readAssignments({
    from: 'MIRRORSPEC_SET',
    texts: assignmentsIn(variables.MIRRORSPEC_SET ?? ''),
  });
  const options = await readAssignments({ from: '--set', texts: request.set ?? [] });
  const mistakes = [...file.mistakes, ...variable.mistakes, ...options.mistakes];
  if (mistakes.length > 0) return { mistakes };

  const values = merged([defaults(), file.values, project.set, envoyOf(variables), variable.values, options.values]);
  const wrong = valueMistakes(values);
  if (wrong.length > 0) return { mistakes: sortDiagnostics(wrong) };
  const settings = settingsOf(file.name, file.description, values);
  const shown = [...values.values()].filter(({ key }) => saysSomething(key, settings)).map(publicValue);
  return {
    resolved: {
      settings,
      source: file.source,
      values: shown,
      isDefault: isDeepStrictEqual(
        { ...settings, description: undefined },
        { ...DEFAULT_SETTINGS, description: undefined },
      ),
    },
    mistakes: [],
  };
}

interface EnvironmentFile {
  readonly name: string;
  readonly description?: string;
  readonly source: string;
  readonly values: readonly SettingValue[];
  readonly mistakes: readonly Diagnostic[];
}

async function readFileOf({ cwd, project, variables, name }: EnvironmentRequest): Promise<EnvironmentFile> {
  const [wanted, from] = chosen(name, variables.MIRRORSPEC_ENVIRONMENT, project.environment);
  const found = findEnvironment(wanted, from, project.features, cwd);
  const none = { name: wanted, source: '', values: [] };
  if ('mistake' in found) return { ...none, mistakes: [found.mistake] };
  // The file that is shipped writes out the defaults (a test proves it); reading it would cost every run 0.1 s.
  if (found.shipped && wanted === DEFAULT_SETTINGS.name) return { ...none, source: found.shown, mistakes: [] };
  const display = found.shipped ? found.path : found.shown;
  const { documents, mistakes } = await readSettings(found.path, display, ENVIRONMENT_SCHEMA, 'one');
  const [document] = documents;
  if (document === undefined) return { ...none, mistakes };
  const { root, place } = document;
  const said = (key: string): string => String(plainValue(entryOf(root, key)?.value ?? root));
  const stem = basename(found.path).replace(/\.ya?ml$/, '');
  const nameEntry = entryOf(root, 'environment');
  if (nameEntry !== undefined && said('environment') !== stem) {
    const other: Diagnostic = {
      rule: 'settings',
      message: `the environment is called "${said('environment')}", and its file "${basename(found.path)}": --environment would not find it`,
      at: place(nameEntry.value.at),
      help: [`write "environment: ${stem}", or call the file ${said('environment')}.yaml`],
    };
    return { ...none, mistakes: [other] };
  }
  const values = valuesOf(
    { ...root, entries: root.entries.filter(({ key }) => key !== 'environment' && key !== 'description') },
    (node) => ({ from: found.shipped ? found.shown : `${found.shown}:${node.at.line}`, at: place(node.at) }),
  );
  const description = entryOf(root, 'description') === undefined ? {} : { description: said('description').trim() };
  return { name: stem, source: found.shown, values, mistakes: [], ...description };
}

/** The name of the environment and who gives it. */
function chosen(option?: string, variable?: string, project?: string): readonly [name: string, from: string] {
  if (option !== undefined) return [option, '--environment'];
  if (variable !== undefined && variable !== '') return [variable, 'MIRRORSPEC_ENVIRONMENT'];
  return project === undefined ? [DEFAULT_SETTINGS.name, '--environment'] : [project, 'mirrorspec.yaml: environment'];
}

function defaults(): SettingValue[] {
  return [...DEFAULT_VALUES].map(([key, value]) => settingValue(key, value, { from: 'default', label: key }));
}

/** The variable that names an Envoy, as other tools' variables name a program; `MIRRORSPEC_SET` is stronger. */
function envoyOf({ MIRRORSPEC_ENVOY: path }: EnvironmentRequest['variables']): SettingValue[] {
  if (path === undefined || path === '') return [];
  return [settingValue('sidecar.envoy', path, { from: 'MIRRORSPEC_ENVOY', label: 'MIRRORSPEC_ENVOY' })];
}

/** The strongest layer last. Keys keep the order of the first. */
function merged(layers: readonly (readonly SettingValue[])[]): ReadonlyMap<string, SettingValue> {
  return new Map(layers.flat().map((value) => [value.key, value]));
}

/** Whether a value matters to a reader: clusters have other settings than labs. */
function saysSomething(key: string, { kind, mesh }: EnvironmentSettings): boolean {
  if (key === 'mesh.mtls') return mtlsOf(mesh) !== undefined;
  if (key.startsWith('sidecar.')) return kind === 'embedded';
  return kind === 'kubernetes' || !/^(context|namespace|images\..*)$/.test(key);
}

function publicValue({ key, value, from }: SettingValue): ResolvedEnvironment['values'][number] {
  if (key === 'mesh.mtls' && value === undefined) return { key, value: DEFAULT_MTLS, from: 'default' };
  return { key, value: value ?? null, from };
}
