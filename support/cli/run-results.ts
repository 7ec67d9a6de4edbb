import type { ExitCode } from '../model/errors.js';
import type { GateReport } from '../model/gate.js';
import { Redactor } from '../model/redaction.js';
import { packageVersion } from '../report/package-version.js';
import type { PlanIndex } from '../report/plan-index.js';
import { ResultsRecorder } from '../report/results/recorder.js';
import { newRunId, resultsOf } from '../report/results/run.js';
import { writeReports } from '../report/write-reports.js';
import type { RunRequest } from './run-scenarios.js';

/** The results of a run: recorded while it goes on, written once, however it ends. */
export class RunResults {
  readonly recorder: ResultsRecorder;
  readonly #id = newRunId();
  readonly #redactor: Redactor;
  readonly #request: RunRequest;
  readonly #folder: string;
  #written = false;
  #gateReport: GateReport | undefined;

  constructor(
    request: RunRequest,
    folder: string,
    { plan, isInterrupted }: { readonly plan: PlanIndex; readonly isInterrupted: () => boolean },
  ) {
    this.#request = request;
    this.#redactor = new Redactor(request.redact);
    this.#folder = folder;
    this.recorder = new ResultsRecorder({
      runId: this.#id,
      folder,
      reproduce: {
        command: ['npx', 'mirrorspec', 'run'],
        options: request.environmentOptions.map((word) => this.#redactor.text(word)),
      },
      isInterrupted,
      plan,
    });
  }

  /** What the gate came to that the run was started with, once the results are written. */
  get gateReport(): GateReport | undefined {
    return this.#gateReport;
  }

  /**
   * Writes the reports that follow from the results; a run that started nothing has none. Returns the exit code of the
   * run: that of the scenarios, or 1 where they are as expected and a gate does not let them through.
   */
  write(exitCode: ExitCode): ExitCode {
    if (this.#written) return exitCode;
    this.#written = true;
    const { cwd, paths, tags, names, shard, gate } = this.#request;
    let code = exitCode;
    if (this.recorder.hasStarted) {
      const source = resultsOf(this.recorder, {
        id: this.#id,
        version: packageVersion(),
        command: ['npx', 'mirrorspec', ...process.argv.slice(2)],
        redactor: this.#redactor,
        cwd,
        exitCode,
        selection: {
          paths,
          names,
          ...(tags === '' ? {} : { tags }),
          ...(shard === undefined ? {} : { shard }),
        },
        judge: gate?.judge,
      });
      writeReports(this.#folder, source);
      const [run] = source.head.runs;
      this.#gateReport = run?.gate;
      code = run?.exitCode ?? exitCode;
    }
    this.recorder.log.dispose();
    return code;
  }
}
