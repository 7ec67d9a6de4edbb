import { resolve } from 'node:path';

/**
 * What a run tells every scenario. It travels as cucumber's world parameters under the key `mirrorspec`, so that
 * workers get it too, and plain cucumber-js can set it in `cucumber.js` or with `--world-parameters`.
 */
export interface RunParameters {
  readonly environment: 'embedded';
  /** Absolute path. Each scenario makes a folder of its own below it when it has something to keep. */
  readonly evidenceDir: string;
  /** The same folder as seen from the reports: links in reports start with it. */
  readonly evidenceHref: string;
  /** Whether the lab of a failed scenario is left running for inspection. */
  readonly keep: boolean;
}

export const RUN_PARAMETERS_KEY = 'mirrorspec';

/** Reads the parameters from cucumber's world parameters; what is missing gets its default. */
export function runParametersOf(worldParameters: unknown): RunParameters {
  const given = property(worldParameters, RUN_PARAMETERS_KEY);
  const evidenceDir = property(given, 'evidenceDir');
  const evidenceHref = property(given, 'evidenceHref');
  return {
    environment: 'embedded',
    evidenceDir: resolve(typeof evidenceDir === 'string' ? evidenceDir : 'reports/evidence'),
    evidenceHref: typeof evidenceHref === 'string' ? evidenceHref : 'evidence',
    keep: property(given, 'keep') === true,
  };
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
