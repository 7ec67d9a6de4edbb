import { randomBytes } from 'node:crypto';
import { DEFAULT_SETTINGS } from '../../model/environment-settings.js';
import { EXIT, type ExitCode } from '../../model/errors.js';
import type { GateReport } from '../../model/gate.js';
import type { Redactor } from '../../model/redaction.js';
import type { Run, RunVerdict } from '../../model/results.js';
import type { ResultsRecorder } from './recorder.js';
import { shellCommand } from './reproduce.js';
import { ciOf, commitOf, meaningOf, realityOf, versionsOf } from './run-facts.js';
import { countStates, type ResultsSource, resultsHead } from './write-results.js';

/** What only whoever started the run knows of it. */
export interface RunFrame {
  readonly id: string;
  readonly version: string;
  /** Words as they were typed, with whatever credentials they hold. */
  readonly command: readonly string[];
  readonly redactor: Redactor;
  readonly cwd: string;
  readonly exitCode: ExitCode;
  readonly selection: Omit<Run['selection'], 'notSelected'>;
  /** The gate that the run has to pass. */
  readonly judge?: ((source: ResultsSource) => GateReport) | undefined;
}

/** Unique among runs that may ever be merged, and readable: `2026-11-22T18-51-06-3fa9`. */
export function newRunId(): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

/** Puts together what was recorded of a run. The recorder is closed by it; its log is still needed. */
export function resultsOf(recorder: ResultsRecorder, frame: RunFrame): ResultsSource {
  recorder.close();
  const { log } = recorder;
  const { entries } = log;
  const run = runOf(recorder, frame);
  const head = resultsHead({
    runs: [run],
    counts: countStates(entries),
    features: recorder.features,
    limitations: recorder.limitations,
  });
  const source: ResultsSource = { head, entries, scenarios: () => log.scenarios(), lines: () => log.lines() };
  const gate = frame.judge?.(source);
  return gate === undefined ? source : { ...source, head: { ...head, runs: [judged(run, gate)] } };
}

/** A run that its gate does not let through has failed. */
function judged(run: Run, gate: GateReport): Run {
  const stopped = run.exitCode === EXIT.asExpected && !gate.ok;
  return { ...run, ...(stopped ? { exitCode: EXIT.failed, verdict: verdictOf(EXIT.failed) } : {}), gate };
}

function runOf(recorder: ResultsRecorder, frame: RunFrame): Run {
  const { id, version, command, redactor, cwd, exitCode, selection } = frame;
  const { meta, startedAt, finishedAt, facts, failures, notSelected } = recorder;
  const settings = recorder.settings ?? DEFAULT_SETTINGS;
  const commit = commitOf(cwd, meta);
  const ci = ciOf(meta);
  return {
    id,
    tool: { name: 'mirrorspec', version },
    command: shellCommand(command.map((word) => redactor.text(word))),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    durationMs: Math.round(finishedAt - startedAt),
    verdict: verdictOf(exitCode),
    exitCode,
    ...(commit === undefined ? {} : { commit: redactor.deep(commit) }),
    ...(ci === undefined ? {} : { ci: redactor.deep(ci) }),
    selection: redactor.deep({ ...selection, notSelected }),
    environment: {
      name: settings.name,
      kind: settings.kind,
      meaning: meaningOf(settings.kind),
      ...realityOf(
        settings.kind,
        facts,
        recorder.log.entries.flatMap(({ cells }) => cells),
      ),
      versions: versionsOf(meta),
      facts,
      settings,
    },
    failures,
  };
}

function verdictOf(exitCode: ExitCode): RunVerdict {
  switch (exitCode) {
    case EXIT.asExpected:
      return 'passed';
    case EXIT.failed:
      return 'failed';
    case EXIT.interrupted:
      return 'interrupted';
    default:
      return 'broken';
  }
}
