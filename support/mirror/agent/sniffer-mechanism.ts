import { randomInt } from 'node:crypto';
import { EnvironmentError, messageOf } from '../../model/errors.js';
import type { Host, RunningProgram } from '../../model/host.js';
import type { User } from '../../program/protocol.js';
import type { Mechanism } from './mechanism.js';
import type { AgentInfo, AgentOptions, ExpectedProbe } from './program-interface.js';

const PROGRAM = new URL('./program.js', import.meta.url);

export interface SnifferOptions {
  readonly profile: 'sniffer';
  /** `lo`, `eth0`, any name, or `auto`. */
  readonly listenInterface: string;
  readonly meshed: boolean;
  /** Lets a frame arrive on an interface of the pod. */
  injectProbe(interfaceName: string, frame: Uint8Array): Promise<void>;
}

/** Starts the agent that captures packets. @throws EnvironmentError where the interface does not exist or may not be captured. */
export async function startSniffer(
  { listenInterface, meshed, injectProbe }: SnifferOptions,
  { pod, socketPath, user }: { readonly pod: Host; readonly socketPath: string; readonly user: User },
  signal: AbortSignal,
): Promise<Mechanism> {
  const options: AgentOptions = { listenInterface, meshed, socketPath, user };
  const program: RunningProgram<AgentInfo> = await pod
    .startProgram<AgentInfo>({ name: 'mirror agent', module: PROGRAM, options }, signal)
    .catch((error: unknown) => {
      throw captureError(error, listenInterface);
    });
  return {
    program,
    facts: { requestedInterface: listenInterface, listenInterface: program.info.listenInterface },
    log: [],
    // The kernel filters for the port before the agent says that it is subscribed.
    begin: async (attachedAt) => attachedAt,
    /** Puts a marked frame on the capture's interface and asks whether the capture saw it. */
    prove: async (timeoutMs, abort) => {
      const magic = randomInt(1, 2 ** 32);
      const probe = await program.request<ExpectedProbe>('expectProbe', { magic }, abort);
      await injectProbe(probe.interface, probe.frame);
      return program.request<boolean>('probeSeen', { magic, timeoutMs }, abort);
    },
    end: async () => {},
  };
}

/** Says what the user can do about a capture that could not be opened. */
export function captureError(error: unknown, listenInterface: string): unknown {
  const name = error instanceof Error ? error.name : '';
  const message = messageOf(error);
  if (name === 'NoSuchInterfaceError') {
    return new EnvironmentError(`the mirror cannot listen on "${listenInterface}": ${message}`, {
      remedy: 'let the mirror listen on one of the interfaces that the pod has, or on "auto"',
      cause: error,
    });
  }
  if (name === 'SystemCallError' && /EPERM|EACCES/.test(message)) {
    return new EnvironmentError(`the mirror may not capture packets: ${message}`, {
      remedy: 'run as root, or allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)',
      cause: error,
    });
  }
  return error;
}
