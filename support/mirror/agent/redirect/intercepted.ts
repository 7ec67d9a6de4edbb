import { connect, type Socket } from 'node:net';
import type { NewRequest } from '../../agent-protocol.js';
import type { MirrorTap } from './redirect-client.js';

/** A connection that was led to the agent, and how what comes on it is passed on and mirrored. */
export interface Intercepted {
  /** Where the application is reached. */
  readonly application: { readonly host: string; readonly port: number };
  /** What answers get as their `Cache-Control`; absent: theirs. */
  readonly cacheControl: string | undefined;
  /** The version of mirrord, as its own answers say it. */
  readonly version: string;
  /** Starts the copy of a request. */
  mirrorRequest(request: Omit<NewRequest, 'remote' | 'local'>): MirrorTap;
}

/** Opens a connection to the application. Errors are the caller's to listen for. */
export function dialApplication(
  { application }: Pick<Intercepted, 'application'>,
  options: { readonly allowHalfOpen: boolean },
): Socket {
  return connect({ ...application, noDelay: true, allowHalfOpen: options.allowHalfOpen });
}

/** Ends a connection with RST. */
export function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}

/** An error of the application's connection, in the words of the answer and the log. */
export function failureText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `failed to pass the request to its original destination: ${text}`;
}
