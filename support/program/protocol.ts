import { UserError } from '../model/errors.js';
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
  /** Keeps CAP_NET_ADMIN, and no other capability. */
  readonly keepsNetworkAdministration?: boolean;
}

export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** An error in a form that passes through a channel. */
export function wireErrorOf(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return { name: error.name, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}

/** The error again, on the other side: of the same kind where the reader's input or machine is meant. */
export function errorOf(wire: WireError): Error {
  if (wire.name === 'UserError') return new UserError(wire.message);
  const error = new Error(wire.message);
  error.name = wire.name;
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
