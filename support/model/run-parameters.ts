import { resolve } from 'node:path';
import { DEFAULT_SETTINGS, type EnvironmentSettings } from './environment-settings.js';
import type { Limitation } from './limitation.js';
import { DEFAULT_REDACTION, type RedactionRules } from './redaction.js';

/**
 * What a run tells every scenario. It travels as cucumber's world parameters under the key `mirrorspec`, so that
 * workers get it too, and plain cucumber-js can set it in `cucumber.js` or with `--world-parameters`.
 */
export interface RunParameters {
  /** In the world parameters of plain cucumber-js also the name or path of an environment: see {@link namedEnvironment}. */
  readonly environment: EnvironmentSettings;
  /** Absolute folders in which `.proto` files and their imports are looked for, after the current folder. */
  readonly protoPath: readonly string[];
  /** Absolute path. Each scenario makes a folder of its own below it when it has something to keep. */
  readonly evidenceDir: string;
  /** The same folder as seen from the reports: links in reports start with it. */
  readonly evidenceHref: string;
  /** The known limitations that scenarios may be tagged with, by their ids; at least those that are used. */
  readonly limitations: readonly Limitation[];
  /** Whether the lab of a failed scenario is left running for inspection. */
  readonly keep: boolean;
  /** What is taken out of everything that is shown or stored. */
  readonly redact: RedactionRules;
}

export const RUN_PARAMETERS_KEY = 'mirrorspec';

/**
 * Milliseconds after which a step fails. Cucumber-js wants to know it when it loads World and hooks, long before there are
 * parameters; `mirrorspec run` sets it for its workers.
 */
export const STEP_TIMEOUT_VARIABLE = 'MIRRORSPEC_STEP_TIMEOUT_MS';

/**
 * Reads the parameters from cucumber's world parameters; what is missing gets its default. An environment that is only named
 * has been replaced by its settings before the first scenario starts.
 */
export function runParametersOf(worldParameters: unknown): RunParameters {
  const given = property(worldParameters, RUN_PARAMETERS_KEY);
  const environment = property(given, 'environment');
  const protoPath = property(given, 'protoPath');
  const limitations = property(given, 'limitations');
  const evidenceDir = property(given, 'evidenceDir');
  const evidenceHref = property(given, 'evidenceHref');
  const redact: unknown = property(given, 'redact');
  return {
    environment: isSettings(environment) ? environment : DEFAULT_SETTINGS,
    protoPath: Array.isArray(protoPath) ? protoPath.map((folder) => resolve(String(folder))) : [],
    evidenceDir: resolve(typeof evidenceDir === 'string' ? evidenceDir : 'reports/evidence'),
    evidenceHref: typeof evidenceHref === 'string' ? evidenceHref : 'evidence',
    limitations: Array.isArray(limitations) ? limitations : [],
    keep: property(given, 'keep') === true,
    redact: isSettings(redact) ? { ...DEFAULT_REDACTION, ...(redact as Partial<RedactionRules>) } : DEFAULT_REDACTION,
  };
}

/** Whether the world parameters hold an environment's settings already, as those of `mirrorspec run` do. */
export function hasSettings(worldParameters: unknown): boolean {
  return isSettings(property(property(worldParameters, RUN_PARAMETERS_KEY), 'environment'));
}

/** The name or path that world parameters give instead of an environment's settings. */
export function namedEnvironment(worldParameters: unknown): string | undefined {
  const environment = property(property(worldParameters, RUN_PARAMETERS_KEY), 'environment');
  return typeof environment === 'string' ? environment : undefined;
}

function isSettings(value: unknown): value is EnvironmentSettings {
  return typeof value === 'object' && value !== null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
