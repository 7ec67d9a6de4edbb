import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Row, spread } from './row.js';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const MIRRORSPEC = join(PACKAGE, 'dist/support/cli/main.js');
const RUNS = 5;
const CORES_USED = 2;

interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}
interface Envelope {
  readonly testCaseStarted?: { readonly id: string; readonly timestamp: Timestamp };
  readonly testCaseFinished?: { readonly testCaseStartedId: string; readonly timestamp: Timestamp };
}

/** One scenario in a warm runner, and what a second worker brings. */
export async function scenarioRows(): Promise<Row[]> {
  const durations: number[] = [];
  const speedups: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const serial = runFeature(1);
    const parallel = runFeature(CORES_USED);
    durations.push(...serial.scenarios.slice(1));
    speedups.push(serial.total / parallel.total);
  }
  const typical = median(durations);
  return [
    {
      what: 'scenario: embedded, warm runner',
      figure: spread(durations),
      bound: '≤ 1.5 s median',
      holds: typical <= 1.5,
    },
    {
      what: `scenario: protocols.feature with ${CORES_USED} workers against 1`,
      figure: `${median(speedups).toFixed(2)} × faster`,
      bound: '> 1 ×',
      holds: median(speedups) > 1,
    },
  ];
}

function runFeature(workers: number): { readonly total: number; readonly scenarios: readonly number[] } {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-bench-'));
  try {
    const start = performance.now();
    execFileSync(
      process.execPath,
      [MIRRORSPEC, 'run', 'features/protocols.feature', '--parallel', String(workers), '--report-dir', folder],
      { cwd: PACKAGE, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const total = performance.now() - start;
    const started = new Map<string, number>();
    const scenarios: number[] = [];
    for (const line of readFileSync(join(folder, 'messages.ndjson'), 'utf8').split('\n')) {
      if (!line.includes('testCase')) continue;
      const { testCaseStarted, testCaseFinished } = JSON.parse(line) as Envelope;
      if (testCaseStarted !== undefined) started.set(testCaseStarted.id, secondsOf(testCaseStarted.timestamp));
      if (testCaseFinished !== undefined) {
        scenarios.push(secondsOf(testCaseFinished.timestamp) - (started.get(testCaseFinished.testCaseStartedId) ?? 0));
      }
    }
    return { total, scenarios };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function secondsOf({ seconds, nanos }: Timestamp): number {
  return seconds + nanos / 1e9;
}
