import type { CallOutcome } from '../../model/call.js';
import { http2ErrorName } from '../../wire/http2-names.js';

/** How an exchange was broken off: the code that the journal keeps, and the words for people. */
export interface Failure {
  readonly code: string;
  readonly detail?: string;
  readonly error: string;
}

/** Whether it was the caller itself that gave up, and why. */
export function gaveUp({ code, detail }: Failure): Pick<CallOutcome, 'gaveUp'> {
  if (code === 'deadline') return { gaveUp: 'deadline' };
  return detail === cancelledFailure().detail ? { gaveUp: 'cancelled' } : {};
}

/** The same with the gRPC status that a caller has then, though no server has sent it: CANCELLED or DEADLINE_EXCEEDED. */
export function gaveUpGrpc(failure: Failure): Pick<CallOutcome, 'gaveUp' | 'grpcStatus'> {
  const given = gaveUp(failure);
  return given.gaveUp === undefined ? given : { ...given, grpcStatus: given.gaveUp === 'cancelled' ? 1 : 4 };
}

export function deadlineFailure(timeoutMs: number): Failure {
  return { code: 'deadline', error: `no complete answer within ${timeoutMs} ms` };
}

/** The caller was told to break the call off. */
export function cancelledFailure(): Failure {
  return { code: 'CANCEL', detail: 'the caller cancelled', error: 'the caller cancelled the call' };
}

/** The other side broke off one HTTP/2 stream. */
export function streamResetFailure(code: number): Failure {
  const name = http2ErrorName(code);
  const error =
    name === 'NO_ERROR'
      ? 'the HTTP/2 stream was closed before the answer was complete'
      : `the HTTP/2 stream was reset with ${name}`;
  return { code: name, error };
}

/** What a socket or an HTTP library reports. */
export function failureOf(error: NodeJS.ErrnoException): Failure {
  const code = error.code ?? error.name;
  const detail = error.message;
  switch (code) {
    case 'ECONNREFUSED':
      return { code, detail, error: `the connection was refused (${detail})` };
    case 'ECONNRESET':
    case 'EPIPE':
      return { code, detail, error: `the connection was closed before the answer was complete (${detail})` };
    default:
      return { code, detail, error: detail === '' ? code : `${detail} (${code})` };
  }
}
