import { EMBEDDED_VERDICT } from '../model/embedded-verdict.js';
import { EXIT, type ExitCode } from '../model/errors.js';
import { visibleText } from '../model/visible-text.js';
import type { Tally } from '../report/tally.js';
import { RERUN_FILE } from './run-again.js';

export interface Closing {
  readonly tally: Pick<Tally, 'unfinished' | 'runFailures'>;
  readonly code: ExitCode;
  readonly published: readonly string[];
  readonly reportDir: string;
  /** The line that names the environment, where it is not the default. */
  readonly environment?: string | undefined;
  /** What carried connections: sidecars and their like, each with what it was made of. */
  readonly carriers: readonly string[];
}

/** The last lines of a run: where the reports are and what they mean; on stderr, why it ended as it did. */
export function closingText({ tally, code, published, reportDir, environment, carriers }: Closing): {
  stdout: string;
  stderr: string;
} {
  return {
    stdout: [
      `reports: ${published.map((name) => `${reportDir}/${name}`).join(', ')}`,
      ...(published.includes(RERUN_FILE) ? [`to run these again: mirrorspec run @${reportDir}/${RERUN_FILE}`] : []),
      ...(environment === undefined ? [] : [environment]),
      ...carriers,
      EMBEDDED_VERDICT,
      '',
    ].join('\n'),
    stderr: reasonsFor(code, tally)
      .map((line) => `${line}\n`)
      .join(''),
  };
}

function reasonsFor(code: ExitCode, { unfinished, runFailures }: Closing['tally']): string[] {
  if (code === EXIT.environment) return ['error: the environment could not be prepared; see `mirrorspec doctor`'];
  if (code !== EXIT.internal) return [];
  if (unfinished.length === 0 || runFailures.length > 0)
    return ['internal error: a process that runs scenarios ended before its time; others ran what was left'];
  return [
    'internal error: the process that ran these scenarios ended before they did:',
    ...unfinished.map(({ location, name }) => visibleText(`  ${location}  ${name}`)),
  ];
}
