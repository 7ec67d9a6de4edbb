import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, type Row, spread } from './row.js';

const MIRRORSPEC = fileURLToPath(new URL('../support/cli/main.js', import.meta.url));
const RUNS = 15;

/** `mirrorspec --help`, beside the start of a bare Node.js process. */
export async function helpRows(): Promise<Row[]> {
  const help: number[] = [];
  const bare: number[] = [];
  for (let run = -1; run < RUNS; run += 1) {
    const taken = [time([MIRRORSPEC, '--help']), time(['-e', '0'])] as const;
    if (run < 0) continue;
    help.push(taken[0]);
    bare.push(taken[1]);
  }
  return [
    { what: 'help: mirrorspec --help', figure: spread(help), bound: '≤ 0.15 s median', holds: median(help) <= 0.15 },
    {
      what: 'help: the same, in starts of a bare Node.js process',
      figure: `${(median(help) / median(bare)).toFixed(1)} ×`,
    },
  ];
}

function time(args: readonly string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return (performance.now() - start) / 1000;
}
