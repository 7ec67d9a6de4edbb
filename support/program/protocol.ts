import type { JournalRecord } from '../model/journal.js';
import type { LogLine } from '../model/session.js';

/**
 * What a program in a pod and the lab's first process say to each other over the child's IPC channel
 * (`serialization: 'advanced'`, so that buffers pass as they are). The channel keeps order: journal records written
 * before a response are there when the response arrives.
 */
export type ToProgram =
  | { readonly type: 'start'; readonly options: unknown; readonly user?: User }
  | { readonly type: 'request'; readonly id: number; readonly method: string; readonly params: unknown };

export type FromProgram =
  /** The program listens; `info` is its own (for example the ports it bound). */
  | { readonly type: 'ready'; readonly info: unknown }
  | { readonly type: 'response'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number | undefined; readonly error: WireError }
  | { readonly type: 'journal'; readonly records: readonly JournalRecord[] }
  | { readonly type: 'log'; readonly line: LogLine };

/** The unprivileged user that a program becomes before it opens its first socket. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}
