import { execFileSync } from 'node:child_process';
import { findLabs } from '../support/environment/embedded/leftovers.js';
import { memoryOf } from './machine.js';
import { median, type Row, spread } from './row.js';
import { calls, deployed, MIRRORED_ON_LO } from './situations.js';

const RUNS = 11;

/** Lab with an Istio mesh up, session subscribed, first call answered; and the memory of all its processes. */
export async function labRows(): Promise<Row[]> {
  const seconds: number[] = [];
  const bare: number[] = [];
  let memory = { pss: 0, rss: 0 };
  let processes = 0;
  for (let run = -1; run < RUNS; run += 1) {
    const bareStart = performance.now();
    execFileSync(process.execPath, ['-e', '0']);
    const bareSeconds = (performance.now() - bareStart) / 1000;
    const start = performance.now();
    const taken = await deployed(MIRRORED_ON_LO, true, async (deployment) => {
      const [outcome] = await deployment.call(
        calls(deployment, MIRRORED_ON_LO, 'gRPC-over-HTTP/2', 1, 1),
        AbortSignal.timeout(10_000),
      );
      if (outcome?.ok !== true) throw new Error(`the call failed: ${outcome?.error}`);
      const elapsed = (performance.now() - start) / 1000;
      const lab = findLabs().find(({ runner }) => runner === process.pid);
      memory = memoryOf(lab?.processes ?? []);
      processes = lab?.processes.length ?? 0;
      return elapsed;
    });
    // The first run warms the file cache and the runner.
    if (run < 0) continue;
    seconds.push(taken);
    bare.push(bareSeconds);
  }
  const typical = median(seconds);
  return [
    {
      what: 'lab: Istio mesh up, session subscribed, first call answered',
      figure: spread(seconds),
      bound: '≤ 1.0 s median',
      holds: typical <= 1,
    },
    { what: 'lab: the same, in starts of a bare Node.js process', figure: `${(typical / median(bare)).toFixed(1)} ×` },
    {
      what: `lab: memory of its ${processes} processes, shared pages counted once (PSS)`,
      figure: `${memory.pss.toFixed(0)} MiB (sum of RSS ${memory.rss.toFixed(0)} MiB)`,
      bound: '≤ 400 MB',
      holds: memory.pss * 1.048576 <= 400,
    },
  ];
}
