/** Names of the gRPC status codes, by number. Source: gRPC "statuscodes.md". */
const GRPC_STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

export function grpcStatusName(code: number): string {
  return GRPC_STATUS_NAMES[code] ?? String(code);
}

/** In words why a gRPC answer is no success; `undefined` for status 0. */
export function grpcStatusError(code: number, message: string): string | undefined {
  if (code === 0) return undefined;
  return `the answer's gRPC status is ${code} (${grpcStatusName(code)})${message === '' ? '' : `: ${message}`}`;
}
