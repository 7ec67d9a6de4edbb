import { EXIT } from '../model/errors.js';
import { DEFAULT_REDACTION, Redactor } from '../model/redaction.js';
import type { Envelope } from './messages.js';
import { packageVersion } from './package-version.js';
import { ResultsRecorder } from './results/recorder.js';
import { WITH_CUCUMBER } from './results/reproduce.js';
import { newRunId, resultsOf } from './results/run.js';
import { writeReports } from './write-reports.js';

/** Under the key `mirrorspec` of cucumber's format options. */
export interface ResultsOptions {
  /** Of a run that writes the reports itself. */
  readonly recorder?: ResultsRecorder;
}

/** What cucumber-js hands to a formatter plugin; its own type is not public. */
interface FormatterContext {
  readonly options: ResultsOptions;
  /** Of the output that the formatter was given; undefined for stdout. */
  readonly directory?: string;
  on(event: 'message', handler: (envelope: Envelope) => void): void;
}

/**
 * Records a run for `results.json`, as a cucumber-js formatter. `mirrorspec run` hands it a recorder and writes the reports itself,
 * for it knows how the run ended; under plain cucumber-js they are written here, beside the formatter's output.
 */
export default {
  type: 'formatter',
  optionsKey: 'mirrorspec',
  formatter({ on, options, directory = '.' }: FormatterContext): (() => void) | undefined {
    if (options.recorder !== undefined) {
      const { recorder } = options;
      on('message', (envelope) => recorder.record(envelope));
      return undefined;
    }
    const id = newRunId();
    const recorder = new ResultsRecorder({ runId: id, folder: directory, reproduce: WITH_CUCUMBER });
    on('message', (envelope) => recorder.record(envelope));
    return () => {
      if (recorder.hasStarted) {
        const source = resultsOf(recorder, {
          id,
          version: packageVersion(),
          command: ['npx', 'cucumber-js', ...process.argv.slice(2)],
          // What the project adds to it is unknown here.
          redactor: new Redactor(DEFAULT_REDACTION),
          cwd: process.cwd(),
          exitCode: recorder.success === true ? EXIT.asExpected : EXIT.failed,
          selection: { paths: [], names: [] },
        });
        writeReports(directory, source);
      }
      recorder.log.dispose();
    };
  },
} as const;
