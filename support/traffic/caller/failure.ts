import { http2ErrorName } from '../../wire/http2-names.js';

/** How an exchange was broken off: the code that the journal keeps, and the words for people. */
export interface Failure {
  readonly code: string;
  readonly detail?: string;
  readonly error: string;
}

export function deadlineFailure(timeoutMs: number): Failure {
  return { code: 'deadline', error: `no complete answer within ${timeoutMs} ms` };
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
