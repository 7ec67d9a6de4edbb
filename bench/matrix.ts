import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Results, ScenarioResult } from '../support/model/results.js';
import { memoryOf } from './machine.js';
import { median, type Row, spread } from './row.js';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));
const MIRRORSPEC = join(PACKAGE, 'dist/support/cli/main.js');
/** Between two looks at the memory of all processes. Reading it takes some milliseconds for each. */
const LOOK_MS = 1000;

interface MatrixRun {
  readonly seconds: number;
  /** MiB, of the runner with all that it has started, at the worst moment that was seen. */
  readonly peakMemory: number;
  readonly scenarios: readonly ScenarioResult[];
}

/** `mirrorspec matrix`, so many times. `options` of its own, for example `--mesh istio`. */
export async function matrixRows(times: number, options: readonly string[]): Promise<Row[]> {
  const runs: MatrixRun[] = [];
  for (let run = 0; run < times; run += 1) runs.push(await runMatrix(options));
  const cells = runs.flatMap(({ scenarios }) => scenarios);
  const counts = new Map<string, number>();
  for (const { state } of cells) counts.set(state, (counts.get(state) ?? 0) + 1);
  const statesOf = new Map<string, Set<string>>();
  for (const { id, state } of cells) statesOf.set(id, (statesOf.get(id) ?? new Set()).add(state));
  const wavering = [...statesOf].filter(([, states]) => states.size > 1).map(([id]) => id);
  const undecided = counts.get('not-tested') ?? 0;
  const red = (counts.get('fail') ?? 0) + (counts.get('fixed') ?? 0);
  return [
    { what: `matrix: wall time of ${statesOf.size} cells`, figure: spread(runs.map(({ seconds }) => seconds)) },
    {
      what: 'matrix: one cell',
      figure: `${median(cells.map(({ durationMs }) => durationMs / 1000)).toFixed(2)} s median`,
    },
    {
      what: 'matrix: memory of all processes, at most',
      figure: `${Math.max(...runs.map(({ peakMemory }) => peakMemory)).toFixed(0)} MiB`,
    },
    {
      what: `matrix: cells by state, ${times} run${times === 1 ? '' : 's'} together`,
      figure: [...counts].map(([state, count]) => `${count} ${state}`).join(', '),
      bound: 'all decided, none failed',
      holds: cells.length > 0 && undecided + red === 0,
    },
    ...(times === 1
      ? []
      : [
          {
            what: 'matrix: cells that did not come to the same in every run',
            figure: wavering.length === 0 ? 'none' : wavering.join(', '),
            bound: 'none',
            holds: wavering.length === 0,
          },
        ]),
  ];
}

async function runMatrix(options: readonly string[]): Promise<MatrixRun> {
  const folder = mkdtempSync(join(tmpdir(), 'mirrorspec-bench-'));
  try {
    const start = performance.now();
    const child = spawn(process.execPath, [MIRRORSPEC, 'matrix', '--report-dir', folder, ...options], {
      cwd: PACKAGE,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    let peakMemory = 0;
    const looking = setInterval(() => {
      peakMemory = Math.max(peakMemory, memoryOf(withDescendants(child.pid ?? 0)).pss);
    }, LOOK_MS);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }).finally(() => clearInterval(looking));
    const seconds = (performance.now() - start) / 1000;
    // Cells that failed are counted; anything else left no results.
    if (code !== 0 && code !== 1) throw new Error(`mirrorspec matrix ended with ${code}`);
    const { scenarios } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
    return { seconds, peakMemory, scenarios };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A process and all that it and they have started. */
function withDescendants(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

function parentOf(pid: number): number | undefined {
  try {
    // The name, in brackets, may hold anything; state and parent follow.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
