import type { Journal } from './journal.js';
import type { LogLine } from './session.js';

/** A command that runs beside mirrorspec's own programs: the user's workload or local process. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A program or command that runs somewhere. Whoever started it disposes of it. */
export interface Running {
  /** Settles when it has ended, for whatever reason; never rejects. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly log: readonly LogLine[];
  /** Ends it (SIGKILL) and waits until it is gone. */
  dispose(): Promise<void>;
}

/** One of mirrorspec's own programs. */
export interface RunningProgram<Info = unknown> extends Running {
  /** What the program said when it became ready. */
  readonly info: Info;
  /** All records so far. After a request was answered, every record written before the answer is here. */
  readonly journal: Journal;
  /** Asks the program. Rejects when it ends, when it answers with an error, or when `signal` aborts. */
  request<Result>(method: string, params: unknown, signal?: AbortSignal): Promise<Result>;
}

/** A place where programs run: a pod, or the place outside of all pods. */
export interface Host {
  readonly name: string;
  /** Starts a program by its compiled module and waits until it is ready. */
  startProgram<Info>(start: ProgramStart, signal?: AbortSignal): Promise<RunningProgram<Info>>;
}

export interface ProgramStart {
  /** Shown in logs and process titles, for example `sidecar`. */
  readonly name: string;
  /** The compiled program. */
  readonly module: URL;
  /** Structured-cloneable. */
  readonly options: unknown;
  /** Becomes this user before it opens its first socket; the pod's root otherwise. */
  readonly user?: { readonly uid: number; readonly gid: number; readonly keepsNetworkAdministration?: boolean };
}
