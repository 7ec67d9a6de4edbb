import { Writable } from 'node:stream';
import type { EnvironmentError } from '../model/errors.js';
import type { ReportDirectory } from './report-directory.js';

/** How cucumber-js says that one of its formatters' files could not be written: `ENOSPC: no space left on device, write`. */
const COMPLAINT = /^(E[A-Z]+): .*, write$/;

/**
 * The standard error of cucumber-js. It tells there, and nowhere else, why a file of a formatter could not be written, and
 * goes on.
 */
export class StreamComplaints extends Writable {
  readonly #reports: ReportDirectory;
  #reason: EnvironmentError | undefined;

  constructor(reports: ReportDirectory) {
    super();
    this.#reports = reports;
  }

  /** Why the reports are not complete, if so. */
  get reason(): EnvironmentError | undefined {
    return this.#reason;
  }

  throwIfAny(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const text = chunk.toString('utf8');
    const [message, code] = COMPLAINT.exec(text.trimEnd()) ?? [];
    const fault =
      code === undefined
        ? undefined
        : this.#reports.faultOf(Object.assign(new Error(message), { code, syscall: 'write' }));
    if (fault === undefined) process.stderr.write(text);
    this.#reason ??= fault;
    done();
  }
}
