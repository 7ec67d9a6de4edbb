import type { Journal } from '../model/journal.js';
import type { ProofOfLife, SessionReport } from '../model/session.js';

/** A mirror session that is subscribed: an agent beside the workload, and the local process that receives the copy. */
export interface MirrorSession {
  /** What the local process received. */
  readonly journal: Journal;
  /** What is known of the session now; also when its parts have died. */
  report(): Promise<SessionReport>;
  /** Proves that the session could mirror at this moment, or says which part could not. It is in later reports. */
  proveAlive(signal?: AbortSignal): Promise<ProofOfLife>;
  /**
   * Whether everything that crossed the listen interface before this call has been delivered to the local process, or is lost for
   * good. Says nothing of traffic that was not captured.
   */
  quiescent(signal?: AbortSignal): Promise<boolean>;
  /** The local process dies, as by SIGKILL: its connections are reset, and its ports refuse. The session goes on without it. */
  killLocalProcess(signal?: AbortSignal): Promise<void>;
  /** Ends agent and local process. */
  dispose(): Promise<void>;
}
