import type { Command } from '../../../model/host.js';
import type { JournalRecord } from '../../../model/journal.js';
import type { LogLine } from '../../../model/session.js';
import type { User, WireError } from '../../../program/protocol.js';
import type { LabPlan } from './topology.js';

/** How it is known that a command is ready. */
export type Readiness =
  | { readonly kind: 'listens'; readonly ports: readonly number[] }
  /** A server on a Unix socket of the lab answers a path with 200. */
  | { readonly kind: 'answers'; readonly socket: string; readonly path: string };

/** A file in a folder of its own that is closed to others. Absolute path. */
export interface PrivateFile {
  readonly path: string;
  readonly text: string;
}

/** What the runner asks the lab's first process (init) to do. Each request gets exactly one answer with its id. */
export type LabRequest =
  | { readonly type: 'build'; readonly plan: LabPlan }
  | {
      readonly type: 'start-program';
      readonly program: number;
      /** Pod name, or `undefined` for the place outside of all pods. */
      readonly pod: string | undefined;
      readonly name: string;
      readonly module: string;
      readonly options: unknown;
      readonly user: User | undefined;
    }
  | {
      readonly type: 'start-command';
      readonly program: number;
      readonly pod: string | undefined;
      readonly name: string;
      readonly command: Command;
      readonly user: User;
      readonly ready: Readiness;
      /** Written before it starts, for nobody but this user to read. */
      readonly files?: readonly PrivateFile[] | undefined;
    }
  | { readonly type: 'ask'; readonly program: number; readonly method: string; readonly params: unknown }
  | { readonly type: 'end-program'; readonly program: number }
  | {
      readonly type: 'start-capture';
      readonly capture: number;
      readonly pod: string;
      readonly interface: string;
      readonly file: string;
      readonly ports: readonly number[];
      readonly snaplen: number;
    }
  | { readonly type: 'read-capture'; readonly capture: number }
  | { readonly type: 'stop-capture'; readonly capture: number }
  | { readonly type: 'inject-frame'; readonly pod: string; readonly interface: string; readonly frame: Uint8Array }
  /** Run a short command in a pod (or outside of all), as the lab's root, with `input` on its standard input. */
  | {
      readonly type: 'run';
      readonly pod: string | undefined;
      readonly argv: readonly [string, ...string[]];
      readonly input: string | undefined;
    }
  /** Ask a server on a Unix socket of the lab; the answer is its body. */
  | { readonly type: 'ask-socket'; readonly socket: string; readonly method: 'GET' | 'POST'; readonly path: string }
  /** The text of a file of the lab. */
  | { readonly type: 'read-file'; readonly path: string }
  /** Copy what programs left of long messages into this folder; the answer is a list of their names. */
  | { readonly type: 'collect-messages'; readonly folder: string }
  /** Stay when the runner is gone (`--keep`). */
  | { readonly type: 'keep' };

export type ToInit = { readonly id: number; readonly request: LabRequest };

export type FromInit =
  | { readonly type: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: WireError }
  | { readonly type: 'journal'; readonly program: number; readonly records: readonly JournalRecord[] }
  | { readonly type: 'log'; readonly program: number; readonly line: LogLine }
  | {
      readonly type: 'ended';
      readonly program: number;
      readonly code: number | null;
      readonly signal: string | null;
    };

/** Environment variable that marks every process of a lab; its value is the lab's id. `clean` looks for it. */
export const LAB_MARK = 'MIRRORSPEC_LAB';
/** Environment variable of a lab's processes with the runner's process id, seen from outside. */
export const RUNNER_MARK = 'MIRRORSPEC_RUNNER';

/** Name of the error for a request to a program that has ended instead of answering. */
export const PROGRAM_ENDED = 'ProgramEndedError';
