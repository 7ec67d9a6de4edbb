import type { ExitCode } from '../model/errors.js';
import { packageVersion } from '../report/package-version.js';
import { ResultsRecorder } from '../report/results/recorder.js';
import { shellCommand } from '../report/results/reproduce.js';
import { newRunId, resultsOf } from '../report/results/run.js';
import { writeReports } from '../report/write-reports.js';
import type { RunRequest } from './run-scenarios.js';

/** The results of a run: recorded while it goes on, written once, however it ends. */
export class RunResults {
  readonly recorder: ResultsRecorder;
  readonly #id = newRunId();
  readonly #request: RunRequest;
  readonly #folder: string;
  #written = false;

  constructor(request: RunRequest, folder: string, isInterrupted: () => boolean) {
    this.#request = request;
    this.#folder = folder;
    this.recorder = new ResultsRecorder({
      runId: this.#id,
      folder,
      reproduce: { command: ['npx', 'mirrorspec', 'run'], options: request.environmentOptions },
      isInterrupted,
    });
  }

  /** Writes the reports that follow from the results. A run that started nothing has none. */
  write(exitCode: ExitCode): void {
    if (this.#written) return;
    this.#written = true;
    const { cwd, paths, tags, names, shard } = this.#request;
    if (this.recorder.hasStarted) {
      const source = resultsOf(this.recorder, {
        id: this.#id,
        version: packageVersion(),
        command: shellCommand(['npx', 'mirrorspec', ...process.argv.slice(2)]),
        cwd,
        exitCode,
        selection: {
          paths,
          names,
          ...(tags === '' ? {} : { tags }),
          ...(shard === undefined ? {} : { shard }),
        },
      });
      writeReports(this.#folder, source);
    }
    this.recorder.log.dispose();
  }
}
