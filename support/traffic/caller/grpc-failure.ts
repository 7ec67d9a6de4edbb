import type { StatusObject } from '@grpc/grpc-js';
import { deadlineFailure, type Failure, failureOf, streamResetFailure } from './failure.js';
import { grpcStatusName } from './grpc-status.js';

export interface GrpcFailure extends Failure {
  /** Set where the answer was an HTTP response that is no gRPC. */
  readonly httpStatus?: number;
}

/**
 * Tells a status that grpc-js made up itself from one that the server sent; `undefined` for the latter. grpc-js does not
 * mark its own. But one that comes without a head of response is either trailers-only, which must have a content type
 * (gRPC "PROTOCOL-HTTP2.md"), or made up; and after a head only the texts below are left.
 */
export function grpcFailureOf(status: StatusObject, hadHead: boolean, timeoutMs: number): GrpcFailure | undefined {
  const { code, details: detail } = status;
  const trailersOnly = !hadHead && status.metadata.get('content-type').length > 0;
  const httpStatus = /^Received HTTP status code (\d+)/.exec(detail)?.[1];
  if (httpStatus !== undefined) {
    const error = `the answer is no gRPC: its HTTP status is ${httpStatus}`;
    return { code: grpcStatusName(code), detail, error, httpStatus: Number(httpStatus) };
  }
  if (trailersOnly) return undefined;

  if (code === DEADLINE_EXCEEDED && (!hadHead || detail.startsWith('Deadline exceeded after'))) {
    return { ...deadlineFailure(timeoutMs), detail };
  }
  const reset = resetCodeOf(detail);
  if (reset !== undefined) return { ...streamResetFailure(reset), detail };
  if (hadHead && !LOCAL_AFTER_HEAD.test(detail)) return undefined;
  if (detail.startsWith('Connection dropped')) return failureOf(systemError('ECONNRESET', detail));
  const system = /\b(E[A-Z]{4,})\b/.exec(detail)?.[1];
  if (system !== undefined) return failureOf(systemError(system, detail));
  return { code: grpcStatusName(code), detail, error: detail };
}

const DEADLINE_EXCEEDED = 4;

/** The texts of grpc-js 1.14 (subchannel-call.ts) for a reset stream: it keeps the code to itself. */
function resetCodeOf(detail: string): number | undefined {
  const numbered = /^Received RST_STREAM with code (\d+)/.exec(detail)?.[1];
  return numbered === undefined ? RESET_TEXTS.get(detail) : Number(numbered);
}
const RESET_TEXTS = new Map([
  ['Stream refused by server', 7],
  ['Call cancelled', 8],
  ['Bandwidth exhausted or memory limit exceeded', 11],
  ['Protocol not secure enough', 12],
]);

/** What else grpc-js 1.14 reports once an answer has begun (subchannel-call.ts, compression-filter.ts, client-interceptors.ts). */
const LOCAL_AFTER_HEAD =
  /^(?:Connection dropped|No status information received|Failed to decompress|Received message|Response message parsing|read E)/;

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
