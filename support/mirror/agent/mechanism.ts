import type { RunningProgram } from '../../model/host.js';
import type { SessionReport } from '../../model/session.js';

/** How an agent takes a workload's traffic. Each profile is one. */
export interface Mechanism {
  readonly program: RunningProgram;
  /** What the report says of this profile only. */
  readonly facts: Pick<SessionReport, 'requestedInterface' | 'listenInterface' | 'filtered' | 'detectedMesh'>;
  /** What it has to tell, for the session's log. */
  readonly log: SessionReport['log'];
  /**
   * Takes the traffic, once the local process is attached.
   * @param attachedAt since when the agent would mirror what it got. @returns since when it gets it, in epoch milliseconds.
   */
  begin(attachedAt: number, signal: AbortSignal): Promise<number>;
  /** Whether the agent would have taken traffic just now. */
  prove(timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean>;
  /** Lets go of the traffic. The program is ended by others, afterwards. */
  end(): Promise<void>;
}
