import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../model/errors.js';
import { DEFAULT_REDACTION, type RedactionRules } from '../../model/redaction.js';
import type { Diagnostic } from '../diagnostic.js';
import { entryOf, plainValue } from '../yaml/node.js';
import { type SettingValue, valuesOf } from './layer.js';
import { PROJECT_FILE, PROJECT_SCHEMA } from './project-schema.js';
import { readSettings, type SettingsDocument } from './read-settings.js';

/** What holds in a project unless the command line says otherwise. Paths are as written, relative to the project's root. */
export interface ProjectConfig {
  /** Files, folders or globs. */
  readonly features: readonly string[];
  /** Folders of steps. */
  readonly steps: readonly string[];
  /** Name or path of an environment. */
  readonly environment?: string;
  /** Values that take the place of the environment's. */
  readonly set: readonly SettingValue[];
  readonly tags?: string;
  readonly parallel?: number | 'auto';
  readonly retry?: number;
  readonly reportDir?: string;
  /** Folders of `.proto` files. */
  readonly protoPath: readonly string[];
  /** What is taken out of everything that is shown or stored. */
  readonly redact: RedactionRules;
}

/** A project without a configuration. */
export const DEFAULT_PROJECT: ProjectConfig = {
  features: ['features'],
  steps: ['steps'],
  set: [],
  protoPath: [],
  redact: DEFAULT_REDACTION,
};

/**
 * The configuration of the project in `cwd`, its `mirrorspec.yaml`; the defaults where there is none. Never throws. With
 * mistakes the configuration is the default one, and nothing should be done with it but to look for more mistakes.
 */
export async function readProject(
  cwd: string,
): Promise<{ readonly config: ProjectConfig; readonly mistakes: readonly Diagnostic[] }> {
  const path = join(cwd, PROJECT_FILE);
  if (!existsSync(path)) return { config: DEFAULT_PROJECT, mistakes: misnamed(cwd) };
  const { documents, mistakes } = await readSettings(path, PROJECT_FILE, PROJECT_SCHEMA, 'one');
  const [document] = documents;
  if (document === undefined) return { config: DEFAULT_PROJECT, mistakes };
  const unusable = unusablePatterns(document);
  if (unusable.length > 0) return { config: DEFAULT_PROJECT, mistakes: unusable };
  return { config: configOf(document), mistakes: [] };
}

function configOf({ root, place }: SettingsDocument): ProjectConfig {
  const data = plainValue(root) as {
    readonly features?: readonly string[];
    readonly steps?: readonly string[];
    readonly environment?: string;
    readonly tags?: string;
    readonly parallel?: number | 'auto';
    readonly retry?: number;
    readonly 'report-dir'?: string;
    readonly 'proto-path'?: readonly string[];
    readonly redact?: Partial<RedactionRules>;
  };
  const { environment, tags, parallel, retry } = data;
  const set = entryOf(root, 'set')?.value;
  return {
    features: data.features ?? DEFAULT_PROJECT.features,
    steps: data.steps ?? DEFAULT_PROJECT.steps,
    set:
      set?.kind === 'mapping' ? valuesOf(set, ({ at }) => ({ from: `${PROJECT_FILE}:${at.line}`, at: place(at) })) : [],
    protoPath: data['proto-path'] ?? [],
    redact: { ...DEFAULT_REDACTION, ...data.redact },
    ...(environment === undefined ? {} : { environment }),
    ...(tags === undefined ? {} : { tags }),
    ...(parallel === undefined ? {} : { parallel }),
    ...(retry === undefined ? {} : { retry }),
    ...(data['report-dir'] === undefined ? {} : { reportDir: data['report-dir'] }),
  };
}

/** A schema cannot tell whether a text is a regular expression. */
function unusablePatterns({ root, place }: SettingsDocument): Diagnostic[] {
  const patterns = entryOf(entryOf(root, 'redact')?.value, 'patterns')?.value;
  if (patterns?.kind !== 'sequence') return [];
  return patterns.items.flatMap((item) => {
    const pattern = String(plainValue(item));
    try {
      new RegExp(pattern, 'u');
      return [];
    } catch (error) {
      return [
        {
          rule: 'settings',
          message: `"${pattern}" is no regular expression`,
          at: place(item.at),
          help: [messageOf(error)],
        },
      ];
    }
  });
}

/** A file that was meant to be the configuration, but is not called so. */
function misnamed(cwd: string): Diagnostic[] {
  const name = ['mirrorspec.yml', '.mirrorspec.yaml', '.mirrorspec.yml', 'mirrorspec.json'].find((file) =>
    existsSync(join(cwd, file)),
  );
  if (name === undefined) return [];
  return [
    {
      rule: 'settings',
      message: `${name} is not read: the configuration of a project is called ${PROJECT_FILE}`,
      help: [`mv ${name} ${PROJECT_FILE}`],
    },
  ];
}
