import { join } from 'node:path';
import type { Capture } from '../../evidence/capture.js';
import type { InterfaceTraffic } from '../../model/verdict.js';
import type { Lab } from './lab/lab.js';
import { WORKLOAD } from './members.js';

/** Segments on `lo` are up to 64 KiB, plus headers. */
const CAPTURE_SNAPLEN = 65_550;
const CAPTURED_INTERFACES = ['lo', 'eth0'] as const;

interface RunningCapture extends Pick<Capture, 'traffic' | 'stop'> {
  readonly interface: string;
  readonly file: string;
}

/** The captures of the workload's interfaces: they say what crossed the wire, whatever a session makes of it. */
export class WorkloadCaptures {
  readonly #running: RunningCapture[] = [];
  readonly #tunnelPorts: readonly number[];

  /** @param tunnelPorts where meshes carry what was meant for the workload's ports */
  constructor(tunnelPorts: readonly number[]) {
    this.#tunnelPorts = tunnelPorts;
  }

  /** Resolves when all of them see packets. @param directory where the captured packets are written to */
  async start(lab: Lab, ports: readonly number[], directory: string, signal: AbortSignal): Promise<void> {
    await Promise.all(
      CAPTURED_INTERFACES.map(async (name) => {
        const file = join(directory, `${name}.pcapng`);
        const capture = await lab.startCapture(
          {
            pod: WORKLOAD.pod,
            interface: name,
            file,
            ports: [...ports, ...this.#tunnelPorts],
            snaplen: CAPTURE_SNAPLEN,
          },
          signal,
        );
        this.#running.push({ interface: name, file, ...capture });
      }),
    );
  }

  get files(): readonly string[] {
    return this.#running.map(({ file }) => file);
  }

  interfaces(): Promise<readonly InterfaceTraffic[]> {
    const tunnels = this.#tunnelPorts.length === 0 ? {} : { tunnelPorts: this.#tunnelPorts };
    return Promise.all(this.#running.map(async (capture) => ({ ...(await capture.traffic()), ...tunnels })));
  }

  /** Ends them. @returns what is missing in files, by the name of the note that says so */
  async stop(): Promise<Record<string, string>> {
    const notes: Record<string, string> = {};
    await Promise.all(
      this.#running.map(async (capture) => {
        const { counters, unwritten, fileProblem } = await capture.stop();
        const missing = counters.drops + unwritten;
        if (missing > 0) {
          notes[`capture of ${capture.interface}`] =
            `${missing} frames are missing in the file: ${counters.drops} dropped by the kernel, ${unwritten} not written${fileProblem === undefined ? '' : ` (${fileProblem})`}.\n`;
        }
      }),
    );
    return notes;
  }
}
