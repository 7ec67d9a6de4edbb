import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lab } from '../support/environment/embedded/lab/lab.js';
import { LAB_DIRECTORY } from '../support/environment/embedded/lab/topology.js';
import { findLabs } from '../support/environment/embedded/leftovers.js';
import { startAgentSession } from '../support/mirror/agent/session.js';
import { memoryOf } from './machine.js';
import { median, type Row } from './row.js';

const POD = 'workload';
const PORT = 8080;
const BYTES = 2 * 2 ** 30;
const RUNS = 5;

/** Bulk TCP on `lo`, with and without packet capture, in turns. */
export async function captureRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mirrorspec-bench-'));
  const signal = AbortSignal.timeout(300_000);
  const lab = await Lab.start(
    {
      plan: { pods: [{ name: POD, address: '10.244.0.10' }], services: [] },
      mayBeKept: false,
      onUnexpectedEnd: ({ message }) => process.stderr.write(`${message}\n`),
    },
    signal,
  );
  try {
    const module = new URL('./bulk-program.js', import.meta.url);
    const bulk = await lab.pod(POD).startProgram({ name: 'bulk', module, options: { port: PORT } }, signal);
    const send = async (): Promise<number> =>
      BYTES / (await bulk.request<number>('send', { bytes: BYTES }, signal)) / 1e6;
    await send();
    const uncaptured: number[] = [];
    const captured: number[] = [];
    const mirrored: number[] = [];
    let captureDrops = 0;
    let sessionDrops = 0;
    let lagged = 0;
    const memory: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      uncaptured.push(await send());
      const capture = await lab.startCapture(
        { pod: POD, interface: 'lo', file: join(folder, 'lo.pcapng'), ports: [PORT], snaplen: 65_550 },
        signal,
      );
      captured.push(await send());
      captureDrops += (await capture.stop()).counters.drops;
      const session = await startAgentSession(
        {
          pod: lab.pod(POD),
          outside: lab.outside,
          mechanism: {
            profile: 'sniffer',
            listenInterface: 'lo',
            meshed: true,
            injectProbe: (name, frame) => lab.injectFrame(POD, name, frame),
          },
          ports: [PORT],
          socketPath: `${LAB_DIRECTORY}/bench-${run}.sock`,
          local: { kind: 'receiver' },
        },
        signal,
      );
      mirrored.push(await send());
      const { counters } = await session.report();
      sessionDrops += counters.drops;
      lagged += counters.lagged;
      memory.push(memoryOf(findLabs().find(({ id }) => id === lab.id)?.processes ?? []).pss);
      await session.dispose();
    }
    const growth = (memory.at(-1) ?? 0) / (memory[0] ?? 1);
    const ratio = median(captured) / median(uncaptured);
    return [
      {
        what: 'capture: bulk TCP on lo while it is captured for evidence, against uncaptured',
        figure: `${ratio.toFixed(2)} × (${median(captured).toFixed(0)} MB/s against ${median(uncaptured).toFixed(0)} MB/s)`,
        bound: '≥ 0.90 ×',
        holds: ratio >= 0.9,
      },
      { what: 'capture: frames dropped', figure: String(captureDrops), bound: '0', holds: captureDrops === 0 },
      {
        what: `capture: memory of the lab (PSS) after ${RUNS} × ${(3 * BYTES) / 2 ** 30} GiB against after the first`,
        figure: `${growth.toFixed(2)} × (${memory.map((mib) => mib.toFixed(0)).join(', ')} MiB)`,
        bound: '≤ 1.10 ×',
        holds: growth <= 1.1,
      },
      {
        what: 'capture: bulk TCP on lo while a session mirrors all of it, against uncaptured',
        figure: `${(median(mirrored) / median(uncaptured)).toFixed(2)} × (${sessionDrops} frames dropped, ${lagged} connections lagged)`,
      },
    ];
  } finally {
    await lab.dispose();
    await rm(folder, { recursive: true });
  }
}
