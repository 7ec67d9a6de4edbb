import type { LimitationObservation } from '../model/limitation-observation.js';
import { packageVersion } from '../report/package-version.js';
import type { Tally } from '../report/tally.js';
import type { ReportDirectory } from './report-directory.js';

/** Name of the report that keeps what a run saw of known limitations; `mirrorspec explain` reads it. */
export const LIMITATIONS_FILE = 'limitations.json';

/** What a run saw of a limitation in one scenario: in its last attempt. */
export interface SeenLimitation extends LimitationObservation {
  readonly scenario: string;
  /** `file:line`; for an outline the line of the example. */
  readonly location: string;
  /** From 1. */
  readonly attempt: number;
}

export interface SeenLimitations {
  /** When the run ended, ISO 8601. */
  readonly at: string;
  /** Version of mirrorspec. */
  readonly mirrorspec?: string;
  /** Name of the environment, and what its sidecars are. */
  readonly environment?: string;
  /** In the order of the scenarios' places. */
  readonly seen: readonly SeenLimitation[];
}

/** Keeps what was seen. Writes nothing where no scenario is tagged with a limitation. */
export function writeLimitations(
  tally: Pick<Tally, 'results'>,
  reports: Pick<ReportDirectory, 'write'>,
  environment: string,
): void {
  const seen = tally.results
    .flatMap(({ name, location, attempt, limitations }) =>
      limitations.map((observation): SeenLimitation => ({ ...observation, scenario: name, location, attempt })),
    )
    .sort((a, b) => byPlace(a.location, b.location) || (a.limitation < b.limitation ? -1 : 1));
  if (seen.length === 0) return;
  const content: SeenLimitations = { at: new Date().toISOString(), mirrorspec: packageVersion(), environment, seen };
  reports.write(LIMITATIONS_FILE, `${JSON.stringify(content, undefined, 2)}\n`);
}

function byPlace(a: string, b: string): number {
  const [fileA, lineA] = split(a);
  const [fileB, lineB] = split(b);
  return fileA === fileB ? lineA - lineB : fileA < fileB ? -1 : 1;
}

function split(location: string): [string, number] {
  const at = location.lastIndexOf(':');
  return [location.slice(0, at), Number(location.slice(at + 1))];
}
