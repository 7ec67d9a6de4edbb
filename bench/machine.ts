import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** The machine that the figures are from, in one line. */
export function machine(): string {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Linux ${release()}`,
    `Node.js ${process.version}`,
  ].join(', ');
}

/** Memory of processes in MiB: `pss` shares what several processes map among them, `rss` counts it for each. */
export function memoryOf(processes: readonly number[]): { readonly pss: number; readonly rss: number } {
  let [pss, rss] = [0, 0];
  for (const pid of processes) {
    const rollup = readIfThere(`/proc/${pid}/smaps_rollup`);
    pss += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
    rss += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return { pss: pss / 1024, rss: rss / 1024 };
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
