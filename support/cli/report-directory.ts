import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentError } from '../model/errors.js';
import { writeFault } from '../model/write-fault.js';
import { isRunning } from '../program/is-running.js';
import {
  BADGES_FOLDER,
  CONFORMANCE_FILE,
  JUNIT_FILE,
  PAGE_FILE,
  RESULTS_FILE,
  SUMMARY_FILE,
} from '../report/write-reports.js';
import { RERUN_FILE } from './run-again.js';
import { LIMITATIONS_FILE } from './run-limitations.js';

/** What a run leaves. Nothing else in the folder is ever touched. */
export const REPORT_FILES = [
  PAGE_FILE,
  RESULTS_FILE,
  SUMMARY_FILE,
  CONFORMANCE_FILE,
  BADGES_FOLDER,
  'cucumber.html',
  JUNIT_FILE,
  'messages.ndjson',
  'environment.json',
  LIMITATIONS_FILE,
  RERUN_FILE,
  'evidence',
] as const;

const EVIDENCE = 'evidence';
/** What the names of folders begin with that runs write into; the rest is their process id. */
export const STAGING = '.run-';

/**
 * Reports are written into a folder of their own below the report directory and take the place of the previous run's
 * when they are complete. A run that dies leaves the previous reports as they were.
 */
export class ReportDirectory {
  readonly path: string;
  /** Where the run writes. */
  readonly staging: string;
  #isNew = false;

  constructor(path: string) {
    this.path = path;
    this.staging = join(path, `${STAGING}${process.pid}`);
  }

  /**
   * Makes the staging folder and removes those of runs that have died.
   * @throws {EnvironmentError} when it cannot be made.
   */
  prepare(): void {
    this.#isNew = !existsSync(this.path);
    try {
      // One by one: for a read-only file system, what makes all of them at once says that something is missing.
      mkdirSync(this.path, { recursive: true });
      for (const folder of [this.staging, join(this.staging, EVIDENCE)]) mkdirSync(folder);
    } catch (error) {
      throw this.faultOf(error) ?? error;
    }
    for (const name of readdirSync(this.path)) {
      const owner = name.startsWith(STAGING) ? Number(name.slice(STAGING.length)) : Number.NaN;
      if (owner > 0 && owner !== process.pid && !isRunning(owner)) {
        rmSync(join(this.path, name), { recursive: true, force: true });
      }
    }
  }

  /** What an error means if it says that the reports cannot be written. */
  faultOf(error: unknown): EnvironmentError | undefined {
    return writeFault(error, 'the reports', this.path);
  }

  /** Writes one of the reports. */
  write(name: (typeof REPORT_FILES)[number], content: string): void {
    writeFileSync(join(this.staging, name), content);
  }

  /** Puts the reports in place of the previous ones; returns their names. */
  publish(): readonly string[] {
    if (!existsSync(this.staging)) return [];
    if (readdirSync(join(this.staging, EVIDENCE)).length === 0) rmdirSync(join(this.staging, EVIDENCE));
    this.#isNew = false;
    for (const name of REPORT_FILES) {
      rmSync(join(this.path, name), { recursive: true, force: true });
      const written = join(this.staging, name);
      if (existsSync(written)) renameSync(written, join(this.path, name));
    }
    this.discard();
    return REPORT_FILES.filter((name) => existsSync(join(this.path, name)));
  }

  /** Gives up what was written so far. */
  discard(): void {
    rmSync(this.staging, { recursive: true, force: true });
    if (!this.#isNew) return;
    try {
      rmdirSync(this.path);
    } catch {
      // Another run writes there meanwhile, or has removed it.
    }
  }
}
