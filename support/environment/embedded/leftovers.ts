import { readdirSync, readFileSync } from 'node:fs';
import { isRunning } from '../../program/is-running.js';
import { LAB_MARK, RUNNER_MARK } from './lab/protocol.js';

/** A lab that runs on this machine. */
export interface FoundLab {
  readonly id: string;
  /** All its processes that this user can see, as seen from outside. */
  readonly processes: readonly number[];
  /** Process id of the runner that built it. */
  readonly runner: number;
  /** Whether that runner still runs: if so, the lab is in use. */
  readonly inUse: boolean;
}

/** Finds labs by the mark that every process of a lab carries in its environment. Labs leave nothing else behind. */
export function findLabs(): FoundLab[] {
  const labs = new Map<string, { processes: number[]; runner: number }>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const environment = environmentOf(Number(entry));
    const id = environment.get(LAB_MARK);
    if (id === undefined) continue;
    const lab = labs.get(id) ?? { processes: [], runner: Number(environment.get(RUNNER_MARK)) };
    lab.processes.push(Number(entry));
    labs.set(id, lab);
  }
  return [...labs].map(([id, { processes, runner }]) => ({
    id,
    processes,
    runner,
    inUse: isRunning(runner),
  }));
}

/** Ends a lab: its processes get SIGKILL; the kernel ends whatever else is in its namespaces. Returns once all are gone. */
export async function endLab(lab: FoundLab): Promise<void> {
  for (const pid of lab.processes) kill(pid);
  const deadline = performance.now() + 5_000;
  while (lab.processes.some((pid) => environmentOf(pid).get(LAB_MARK) === lab.id)) {
    if (performance.now() > deadline) throw new Error(`processes of lab ${lab.id} do not end`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function environmentOf(pid: number): Map<string, string> {
  try {
    const text = readFileSync(`/proc/${pid}/environ`, 'utf8');
    return new Map(
      text.split('\0').map((pair) => {
        const equals = pair.indexOf('=');
        return [pair.slice(0, equals), pair.slice(equals + 1)];
      }),
    );
  } catch {
    return new Map();
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
